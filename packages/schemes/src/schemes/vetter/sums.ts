// Arithmetic of the scheme vetter: readings under one-time keys modulo 2^64, tags under one-time keys modulo a prime, and sums
// of both, over many meters of one slot or over many slots of one meter.
import { fromBytes, modulo, toBytes } from '@hushgrid/paillier'
import {
  addLanes,
  concatBytes,
  type LaneVector,
  lanesFromExactBytes,
  lanesToBytes,
  type MeterId,
  type Slot,
  signedLanes,
  subtractLanes,
  zeroLanes
} from '@hushgrid/primitives'
import { prf } from '../../arithmetic/random.ts'
import { MalformedBodyError } from '../../errors.ts'
import type { Work } from '../../scheme.ts'

/** Prime modulus of tags. */
export const TAG_MODULUS = (1n << 128n) - 159n
const TAG_BYTES = 16
const KEY_BYTES = 32

/** What the key authority gives a meter; the factor is the same for all. */
export interface Dealt {
  readonly encryption: Uint8Array
  readonly mac: Uint8Array
  readonly factor: bigint
}

/** A value modulo 2^64 and one modulo the prime for each lane: of a message, of the keys that hide it, or a sum of such. */
export interface Sums {
  readonly lanes: LaneVector
  readonly tags: readonly bigint[]
}

/** Derives the keys of a meter for a slot. */
export function keysOf({ encryption, mac }: Pick<Dealt, 'encryption' | 'mac'>, slot: Slot, lanes: number, work: Work): Sums {
  const bytes = prf(mac, 'vetter/mac', slot, TAG_BYTES * lanes, work)
  return {
    lanes: lanesFromExactBytes(prf(encryption, 'vetter/encrypt', slot, 8 * lanes, work), lanes),
    tags: Array.from({ length: lanes }, (_, lane) => modulo(tagAt(bytes, lane), TAG_MODULUS))
  }
}

/** Hides a reading, and tags it. */
export function hide(dealt: Dealt, reading: LaneVector, slot: Slot, work: Work): Sums {
  const { lanes, tags } = keysOf(dealt, slot, reading.length, work)
  return { lanes: addLanes(lanes, reading), tags: tagsOf(reading, tags, dealt.factor) }
}

function tagsOf(values: LaneVector, keys: readonly bigint[], factor: bigint): bigint[] {
  return signedLanes(values).map((value, lane) => modulo(factor * value + (keys[lane] as bigint), TAG_MODULUS))
}

/** Adds sums up, lanes modulo 2^64 and tags modulo the prime. */
export function addSums(parts: Iterable<Sums>, lanes: number): Sums {
  const total = zeroLanes(lanes)
  const tags = new Array<bigint>(lanes).fill(0n)
  for (const part of parts) {
    addLanes(total, part.lanes)
    for (const [lane, tag] of part.tags.entries()) tags[lane] = ((tags[lane] as bigint) + tag) % TAG_MODULUS
  }
  return { lanes: total, tags }
}

/** Takes the keys off a sum. */
export function reveal(hidden: Sums, keys: Sums): LaneVector {
  return subtractLanes(hidden.lanes.slice() as LaneVector, keys.lanes)
}

/** True where a sum's tags fit what it reveals: the keys were those of the same meters and slots. */
export function fits(revealed: LaneVector, hidden: Sums, keys: Sums, factor: bigint): boolean {
  return tagsOf(revealed, keys.tags, factor).every((tag, lane) => tag === hidden.tags[lane])
}

/** Encodes the lanes, then 16 bytes a tag. */
export function encodeSums({ lanes, tags }: Sums): Uint8Array {
  return concatBytes(lanesToBytes(lanes), ...tags.map(encodeTag))
}

/** Gives the bytes of encoded sums. */
export function sumsLength(lanes: number): number {
  return (8 + TAG_BYTES) * lanes
}

/** Decodes sums of exactly so many lanes. @throws MalformedBodyError */
export function decodeSums(body: Uint8Array, lanes: number, sender: MeterId): Sums {
  if (body.byteLength !== sumsLength(lanes))
    throw new MalformedBodyError(sender, `expected ${sumsLength(lanes)} bytes of lanes and tags, got ${body.byteLength}`)
  const tags = body.subarray(8 * lanes)
  return {
    lanes: lanesFromExactBytes(body.subarray(0, 8 * lanes), lanes),
    tags: Array.from({ length: lanes }, (_, lane) => checkedTag(tagAt(tags, lane), sender))
  }
}

/** Encodes two keys of 32 bytes and the factor. */
export function encodeDealt({ encryption, mac, factor }: Dealt): Uint8Array {
  return concatBytes(encryption, mac, encodeTag(factor))
}

/** Decodes what a meter was given. @throws MalformedBodyError */
export function decodeDealt(body: Uint8Array, sender: MeterId): Dealt {
  const factor = decodeTag(body.subarray(2 * KEY_BYTES), sender)
  return { encryption: body.slice(0, KEY_BYTES), mac: body.slice(KEY_BYTES, 2 * KEY_BYTES), factor }
}

/** Encodes a residue, little-endian. */
export function encodeTag(value: bigint): Uint8Array {
  return toBytes(value, TAG_BYTES).reverse()
}

/** Decodes one residue. @throws MalformedBodyError */
export function decodeTag(body: Uint8Array, sender: MeterId): bigint {
  if (body.byteLength !== TAG_BYTES)
    throw new MalformedBodyError(sender, `expected ${TAG_BYTES} bytes of a residue, got ${body.byteLength}`)
  return checkedTag(tagAt(body, 0), sender)
}

const tagAt = (bytes: Uint8Array, lane: number): bigint => fromBytes(bytes.slice(TAG_BYTES * lane, TAG_BYTES * (lane + 1)).reverse())

function checkedTag(value: bigint, sender: MeterId): bigint {
  if (value >= TAG_MODULUS) throw new MalformedBodyError(sender, 'expected a residue below the prime, got a larger number')
  return value
}
