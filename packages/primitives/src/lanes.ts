// Lane vectors: readings, masks and totals as integers modulo 2^64.
import { checkLength } from './bytes/bytes.ts'
import { InvalidArgumentError } from './errors.ts'
import type { ObisCode } from './units.ts'

declare const brand: unique symbol
/**
 * A vector over Z_2^64, an element a lane. V8 adds the elements of such an array as machine words and allocates no
 * bigint for them; pairs of 32-bit words with a carry are slower (`pnpm bench --only computation`).
 */
export type LaneVector = BigUint64Array & { readonly [brand]: 'LaneVector' }

/** A lane of a network or roster, and its bounds (PROTOCOL.md section 3). */
export interface LaneTerms {
  readonly obis: ObisCode
  /** Most that one connection can show in a slot, in the lane's unit and in magnitude; below 2^47. */
  readonly maxReading: number
  /** Fewest members able to fill the lane in a sum that is published. */
  readonly support: number
}

/** Gives `maxReading` of an energy lane unless the network says otherwise: 44 kW over the slot, Wh (PROTOCOL.md section 3). */
export function defaultMaxReading(slotSeconds: number): number {
  return Math.floor((slotSeconds * 110) / 9)
}

/** Bound of |reading|, below which 65,535 readings never wrap (PROTOCOL.md section 3). */
export const READING_LIMIT = 1n << 47n

/** True where this machine keeps words as the protocol writes them. */
export const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/** Makes the zero vector. */
export function zeroLanes(lanes: number): LaneVector {
  return new BigUint64Array(lanes) as LaneVector
}

/** Counts the lanes of a vector. */
export function laneCount(v: LaneVector): number {
  return v.length
}

function sameLength(a: LaneVector, b: LaneVector): void {
  if (a.length !== b.length) throw new InvalidArgumentError('lanes', `${a.length} lanes`, `${b.length}`)
}

/** Adds in place, `into += x`, lane by lane, modulo 2^64. Both vectors have the same number of lanes. */
export function addLanes(into: LaneVector, x: LaneVector): LaneVector {
  sameLength(into, x)
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as bigint) + (x[i] as bigint)
  return into
}

/** Subtracts in place, `into −= x`, lane by lane, modulo 2^64. Both vectors have the same number of lanes. */
export function subtractLanes(into: LaneVector, x: LaneVector): LaneVector {
  sameLength(into, x)
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as bigint) - (x[i] as bigint)
  return into
}

/** Makes a vector of integers, taken modulo 2^64. */
export function lanesFromIntegers(values: readonly (bigint | number)[]): LaneVector {
  const out = zeroLanes(values.length)
  values.forEach((value, i) => {
    if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new InvalidArgumentError('lane', 'an integer', String(value))
    out[i] = BigInt(value)
  })
  return out
}

/**
 * Makes a reading: like {@link lanesFromIntegers}, with the bound that keeps a total from wrapping.
 *
 * @throws InvalidArgumentError where |value| >= 2^47; does not repeat the value, since a reading is private
 */
export function readingLanes(values: readonly (bigint | number)[]): LaneVector {
  values.forEach((value, i) => {
    const integer = typeof value === 'bigint' ? value : Number.isSafeInteger(value) ? BigInt(value) : READING_LIMIT
    if (integer >= READING_LIMIT || integer <= -READING_LIMIT)
      throw new InvalidArgumentError(`reading of lane ${i}`, 'an integer within ±2^47', 'one beyond it')
  })
  return lanesFromIntegers(values)
}

/** Gives the lanes as unsigned integers below 2^64. */
export function unsignedLanes(v: LaneVector): bigint[] {
  return [...v]
}

/** Gives the lanes as two's complement, as totals are read (PROTOCOL.md section 3). */
export function signedLanes(v: LaneVector): bigint[] {
  return Array.from(v, word => BigInt.asIntN(64, word))
}

/** Encodes eight bytes a lane, little-endian. */
export function lanesToBytes(v: LaneVector): Uint8Array {
  if (littleEndian) return new Uint8Array(v.buffer.slice(v.byteOffset, v.byteOffset + v.byteLength))
  const out = new Uint8Array(v.byteLength)
  const view = new DataView(out.buffer)
  v.forEach((word, i) => {
    view.setBigUint64(8 * i, word, true)
  })
  return out
}

/**
 * Decodes lanes from eight bytes each, little-endian, starting at `offset`. Ignores later bytes, such as the unused half
 * of a slot's last AES block.
 */
export function lanesFromBytes(bytes: Uint8Array, lanes: number, offset = 0): LaneVector {
  if (offset + 8 * lanes > bytes.byteLength)
    throw new InvalidArgumentError('lane bytes', `at least ${offset + 8 * lanes}`, `${bytes.byteLength}`)
  const out = zeroLanes(lanes)
  if (littleEndian) new Uint8Array(out.buffer).set(bytes.subarray(offset, offset + 8 * lanes))
  else {
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    for (let i = 0; i < out.length; i++) out[i] = view.getBigUint64(offset + 8 * i, true)
  }
  return out
}

/** Decodes lanes from exactly their bytes, as in a message. */
export function lanesFromExactBytes(bytes: Uint8Array, lanes: number, name = 'lanes'): LaneVector {
  return lanesFromBytes(checkLength(bytes, 8 * lanes, name), lanes)
}

/** Tells whether two vectors are the same. Not constant-time: for totals and tests. */
export function equalLanes(a: LaneVector, b: LaneVector): boolean {
  return a.length === b.length && a.every((word, i) => word === b[i])
}
