import { encodeLane } from './batch-header.ts'
import { type Bytes, concat, fromHex, u32, u64, utf8 } from './bytes.ts'

const SALT = utf8('hushgrid/v1/billing')
const PAD = utf8('hushgrid/v1/billing/pad\0')
const OPENING = utf8('hushgrid/v1/billing/opening\0')
const PAD_BITS = 64
const OPENING_BITS = 512

/** Place of a reading, for which pad and opening are derived. */
export interface Place {
  readonly slot: number
  readonly lane: string
}

/**
 * Pads and openings from K of a meter, for slots of one length: HKDF-SHA-256 (RFC 5869) with the salt `hushgrid/v1/billing`
 * and, for each reading,
 *
 *     info = label ‖ 0x00 ‖ meterId[32] ‖ u32 slotSeconds ‖ u64 slot ‖ u8 length ‖ lane
 *
 * K stays inside WebCrypto, which extracts anew each time; the time goes into asking it, not into the hash.
 */
export class ReadingKey {
  readonly #key: CryptoKey
  readonly #context: Bytes

  constructor(key: CryptoKey, meterId: string, slotSeconds: number) {
    this.#key = key
    this.#context = concat(fromHex(meterId, 32) ?? new Uint8Array(0), u32(slotSeconds))
  }

  /** Derives the pad that encrypts a reading, 8 bytes. */
  async pad(place: Place): Promise<Bytes> {
    return await this.#derive(PAD, place, PAD_BITS)
  }

  /** Derives 64 bytes which, modulo the group's order, are the opening of the reading's commitment. */
  async opening(place: Place): Promise<Bytes> {
    return await this.#derive(OPENING, place, OPENING_BITS)
  }

  async #derive(label: Bytes, { slot, lane }: Place, bits: number): Promise<Bytes> {
    const info = concat(label, this.#context, u64(slot), encodeLane(lane))
    return new Uint8Array(await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: SALT, info }, this.#key, bits))
  }
}
