// What all schemes hash and draw by: a PRF, SHAKE-256, uniform lanes and scalars.
import { hash } from 'node:crypto'
import { concatBytes, hmacSha256, type LaneVector, lanesFromExactBytes, type Rng, type Slot, u8, u64, utf8 } from '@hushgrid/primitives'
import { reduceToScalar, type Scalar } from '@hushgrid/primitives/group'
import type { Work } from '../scheme.ts'

/** Names what is hashed: `hushgrid/v1/schemes/<label>` and a zero byte. */
export function domain(label: string): Uint8Array {
  return utf8(`hushgrid/v1/schemes/${label}\0`)
}

/** Computes SHAKE-256 of the parts, to so many bytes. */
export function shake256(length: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(hash('shake256', concatBytes(...parts), { outputEncoding: 'buffer', outputLength: length }))
}

const BLOCK = 32

/** Derives bytes from a key for a slot: HMAC-SHA-256 in counter mode. */
export function prf(key: Uint8Array, label: string, slot: Slot, size: number, work: Work): Uint8Array {
  work.count('prf')
  const head = concatBytes(domain(label), u64(slot))
  const blocks = Array.from({ length: Math.ceil(size / BLOCK) }, (_, i) => hmacSha256(key, concatBytes(head, u8(i))))
  return concatBytes(...blocks).subarray(0, size)
}

/** Draws uniform lanes, a call of 8 bytes each. */
export function randomLanes(rng: Rng, lanes: number): LaneVector {
  return lanesFromExactBytes(concatBytes(...Array.from({ length: lanes }, () => rng.bytes(8))), lanes)
}

/** Draws a uniform scalar, by a call of 64 bytes. */
export function randomScalar(rng: Rng): Scalar {
  return reduceToScalar(rng.bytes(64))
}
