// Reads a batch as the meter encodes it.
import { type BatchHeader, countPresent, encodeLanes, encodePresence, MOST_LANES, MOST_SLOT, MOST_SLOTS } from './batch-header.ts'
import { type Bytes, concat, equal, fromHex, toHex, u8, u32, u64 } from './bytes.ts'
import { CustomerCryptoError } from './errors.ts'

export const PAD_BYTES = 8
const SIGNATURE_BYTES = 64
const VERSION = 2

/** A batch in the form that a server keeps. */
export interface Batch {
  readonly header: BatchHeader
  /** Ciphertexts of 8 bytes a reading, by slot and then by lane. */
  readonly ciphertexts: Bytes
  /** Signature, Ed25519, 64 bytes. */
  readonly signature: Bytes
}

/** Encodes meterId[32] ‖ u32 keyEpoch ‖ u32 slotSeconds ‖ u64 firstSlot ‖ u32 slots ‖ lanes, the start of both encoding and transcript. */
export function encodeStart({ meterId, keyEpoch, slotSeconds, firstSlot, slots, lanes }: BatchHeader): Bytes {
  const id = fromHex(meterId, 32) ?? new Uint8Array(0)
  return concat(id, u32(keyEpoch), u32(slotSeconds), u64(firstSlot), u32(slots), encodeLanes(lanes))
}

/**
 * Reads u8 version ‖ header ‖ 8 bytes a reading ‖ signature[64], little-endian, and rejects every other encoding.
 * Does not check the signature.
 *
 * @throws CustomerCryptoError with fault `batch`
 */
export function decodeBatch(bytes: Bytes): Batch {
  const reader = new Reader(bytes)
  reader.expect(reader.u8() === VERSION, 'its version')
  const meterId = toHex(reader.take(32))
  const keyEpoch = reader.u32()
  const slotSeconds = reader.u32()
  reader.expect(slotSeconds >= 1 && slotSeconds <= 86_400, 'the length of its slots')
  const firstSlot = reader.u64()
  const slots = reader.u32()
  reader.expect(slots >= 1 && slots <= MOST_SLOTS && firstSlot + slots <= MOST_SLOT, 'how many slots it has')
  const lanes = decodeLanes(reader)
  const header: BatchHeader = { meterId, keyEpoch, slotSeconds, firstSlot, slots, lanes, present: decodePresence(reader, slots) }
  const ciphertexts = reader.take(countPresent(header) * lanes.length * PAD_BYTES)
  const signature = reader.take(SIGNATURE_BYTES)
  const canonical = concat(u8(VERSION), encodeStart(header), encodePresence(header), ciphertexts, signature)
  reader.expect(equal(canonical, bytes), 'how it is encoded')
  return { header, ciphertexts, signature }
}

function decodeLanes(reader: Reader): string[] {
  const count = reader.u8()
  const lanes = Array.from({ length: count }, () => String.fromCharCode(...reader.take(reader.u8())))
  reader.expect(count >= 1 && count <= MOST_LANES && new Set(lanes).size === count && lanes.every(isObisCode), 'what it measures')
  return lanes
}

/** Tells whether a text is an OBIS code (IEC 62056-61): A-B:C.D.E, or A-B:C.D.E*F. */
function isObisCode(text: string): boolean {
  const groups = /^(\d{1,3})-(\d{1,3}):(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\*(\d{1,3}))?$/.exec(text)
  return groups?.slice(1).every(group => Number(group ?? 0) <= 255) ?? false
}

function decodePresence(reader: Reader, slots: number): Bytes {
  const kind = reader.u8()
  reader.expect(kind === 0 || kind === 1, 'which slots it has')
  const length = Math.ceil(slots / 8)
  if (kind === 1) {
    const bitmap = reader.take(length)
    reader.expect(slots % 8 === 0 || (bitmap[length - 1] ?? 0) >> (slots % 8) === 0, 'which slots it has')
    return bitmap
  }
  const present = new Uint8Array(length)
  for (let i = 0; i < slots; i++) present[i >> 3] = (present[i >> 3] ?? 0) | (1 << (i & 7))
  const gaps = new DataView(reader.take(reader.u16() * 8).buffer)
  for (let at = 0, end = 0; at < gaps.byteLength; at += 8) {
    const [start, count] = [gaps.getUint32(at, true), gaps.getUint32(at + 4, true)]
    // Demands runs in order, so that no more is cleared than there is.
    reader.expect(start >= end && start + count <= slots, 'which slots it has')
    end = start + count
    for (let i = start; i < end; i++) present[i >> 3] = (present[i >> 3] ?? 0) & ~(1 << (i & 7))
  }
  return present
}

class Reader {
  readonly #bytes: Bytes
  #at = 0

  constructor(bytes: Bytes) {
    this.#bytes = bytes
  }

  expect(holds: boolean, what: string): void {
    if (!holds) throw new CustomerCryptoError('batch', `Readings that the server gave cannot be read: ${what} is not as it must be.`)
  }

  /** Takes a copy of the next bytes. */
  take(length: number): Bytes {
    this.expect(length <= this.#bytes.byteLength - this.#at, 'its length')
    this.#at += length
    return this.#bytes.slice(this.#at - length, this.#at)
  }

  u8(): number {
    return this.take(1)[0] ?? 0
  }

  u16(): number {
    return new DataView(this.take(2).buffer).getUint16(0, true)
  }

  u32(): number {
    return new DataView(this.take(4).buffer).getUint32(0, true)
  }

  u64(): number {
    const value = new DataView(this.take(8).buffer).getBigUint64(0, true)
    this.expect(value <= BigInt(MOST_SLOT), 'when it begins')
    return Number(value)
  }
}
