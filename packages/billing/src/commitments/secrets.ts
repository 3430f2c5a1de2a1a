// The secrets of each reading that the key of meter and customer gives: pad, opening and index.
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { checkLength, concatBytes, fromHex, type MeterId, type ObisCode, type Slot, u8, u32, u64, utf8 } from '@hushgrid/primitives'
import { reduceToScalar, type Scalar } from '@hushgrid/primitives/group'

/** Length of K, which only the meter and its customer know. */
export const READING_KEY_BYTES = 32
export const PAD_BYTES = 8
const INDEX_BYTES = 16

const SALT = utf8('hushgrid/v1/billing')
const PAD = utf8('hushgrid/v1/billing/pad\0')
const OPENING = utf8('hushgrid/v1/billing/opening\0')
const INDEX = utf8('hushgrid/v1/billing/index\0')
/** Output of SHA-256. */
const HASH_BYTES = 32
const OPENING_BYTES = 64

/** Secrets that K gives for one reading. */
export interface ReadingSecrets {
  /** Pad that the reading is encrypted with, 8 bytes. */
  readonly pad: Uint8Array
  /** Opening of the reading's commitment. */
  readonly opening: Scalar
  /** Name of the reading in a store that must learn neither meter nor slot, 16 bytes. */
  readonly index: Uint8Array
}

/**
 * The key K, ready to derive from: HKDF-SHA-256 (RFC 5869), extracted once, with the salt `hushgrid/v1/billing`. For
 * each reading three outputs (Danezis et al., the meter's modifications), each with its own
 *
 *     info = label ‖ 0x00 ‖ meterId[32] ‖ u32 slotSeconds ‖ u64 slot ‖ u8 length ‖ lane
 *
 * and labels `hushgrid/v1/billing/pad`, `…/opening` (64 bytes, reduced modulo the group's order) and `…/index`. Slot,
 * lane and length of slot fix the secrets: two values sealed for one reading would show their XOR, so a meter seals a
 * slot once. The secrets stay inside; printing or serialising a key shows nothing of them.
 */
export class ReadingKey {
  /** PRK of RFC 5869 section 2.2. */
  readonly #extracted: KeyObject
  readonly #context: Uint8Array

  /** @param key - K, 32 bytes */
  constructor(key: Uint8Array, meterId: MeterId, slotSeconds: number) {
    checkLength(key, READING_KEY_BYTES, 'reading key')
    this.#extracted = createSecretKey(createHmac('sha256', SALT).update(key).digest())
    this.#context = concatBytes(fromHex(meterId, 'meterId', 32), u32(slotSeconds))
  }

  pad(slot: Slot, lane: ObisCode): Uint8Array {
    return this.#expand(PAD, slot, lane, PAD_BYTES)
  }

  opening(slot: Slot, lane: ObisCode): Scalar {
    return reduceToScalar(this.#expand(OPENING, slot, lane, OPENING_BYTES))
  }

  index(slot: Slot, lane: ObisCode): Uint8Array {
    return this.#expand(INDEX, slot, lane, INDEX_BYTES)
  }

  /** Computes HKDF-Expand (RFC 5869 section 2.3). `hkdfSync` would extract anew each time. */
  #expand(label: Uint8Array, slot: Slot, lane: ObisCode, length: number): Uint8Array {
    const name = utf8(lane)
    const info = concatBytes(label, this.#context, u64(slot), u8(name.byteLength), name)
    const out = new Uint8Array(Math.ceil(length / HASH_BYTES) * HASH_BYTES)
    let block = new Uint8Array(0)
    for (let at = 0; at < length; at += HASH_BYTES) {
      block = createHmac('sha256', this.#extracted)
        .update(block)
        .update(info)
        .update(u8(at / HASH_BYTES + 1))
        .digest()
      out.set(block, at)
    }
    return out.slice(0, length)
  }
}

/** Gives all three secrets of one reading; use {@link ReadingKey} for many. */
export function readingSecrets(key: Uint8Array, meterId: MeterId, slotSeconds: number, slot: Slot, lane: ObisCode): ReadingSecrets {
  const ready = new ReadingKey(key, meterId, slotSeconds)
  return { pad: ready.pad(slot, lane), opening: ready.opening(slot, lane), index: ready.index(slot, lane) }
}
