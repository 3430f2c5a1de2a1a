// The order of members on the ring, and each member's mask neighbours.
import { hash } from 'node:crypto'
import { checkLength, InvalidArgumentError, type MeterId, utf8 } from '@hushgrid/primitives'
import { hasPrivateMasks, MAX_SHARE_HOLDERS, type RecoveryMode } from './recovery.ts'

/** Facts that give a place on the ring, beside the season's `ringSeed` (PROTOCOL.md section 5). */
export interface RingMember {
  readonly meterId: MeterId
  /** 16 bytes, drawn by the registrar when it admits the meter. */
  readonly placement: Uint8Array
}

/** Where the fields of one member lie in packed bytes, in bytes from the start of its record. */
export interface RingLayout {
  /** Length of one record. */
  readonly stride: number
  /** Of the 32-byte meter id. */
  readonly meterId: number
  /** Of the 16-byte placement. */
  readonly placement: number
}

/** `meterId ‖ placement` and nothing else. */
export const PACKED_RING_MEMBER: RingLayout = { stride: 48, meterId: 0, placement: 32 }
/** A roster counts its members, and its degree, in 16 bits (PROTOCOL.md sections 3 and 4). */
export const MAX_MEMBERS = 65_535
/** The largest even number that 16 bits hold. */
export const MAX_DEGREE = 65_534

const TAG = utf8('hushgrid/v2/ring')
const ID_AT = TAG.byteLength + 32
const PLACEMENT_AT = ID_AT + 32

/**
 * Order of the members on the ring: by SHA-256("hushgrid/v2/ring" ‖ ringSeed ‖ meterId ‖ placement), ascending
 * (PROTOCOL.md section 5). O(n log n); every meter of a roster computes it once per epoch.
 *
 * @param ringSeed - 32 bytes, the season's
 * @returns at position p of the ring, the index into `members` of who stands there
 * @throws InvalidArgumentError on a seed or placement of another length, or where two members are the same
 */
export function ringOrder(ringSeed: Uint8Array, members: readonly RingMember[]): number[] {
  return orderBy(ringSeed, members.length, (input, i) => {
    const { meterId, placement } = members[i] as RingMember
    // The branded type promises 64 digits; a caller without types would otherwise hash the meter before it.
    if (input.write(meterId, ID_AT, 32, 'hex') !== 32) throw new InvalidArgumentError('meterId', '64 hexadecimal digits', 'something else')
    input.set(checkLength(placement, 16, 'placement'), PLACEMENT_AT)
  })
}

/**
 * {@link ringOrder} of members that stand packed in one byte string, for example a roster's hashed entries.
 *
 * @param packed - records of `layout.stride` bytes, one after the other
 * @throws InvalidArgumentError on a seed of another length, a broken record, or where two members are the same
 */
export function ringOrderPacked(ringSeed: Uint8Array, packed: Uint8Array, layout: RingLayout = PACKED_RING_MEMBER): number[] {
  const { stride, meterId, placement } = layout
  if (packed.byteLength % stride !== 0) {
    throw new InvalidArgumentError('packed', `whole records of ${stride} bytes`, `${packed.byteLength} bytes`)
  }
  return orderBy(ringSeed, packed.byteLength / stride, (input, i) => {
    const at = i * stride
    input.set(packed.subarray(at + meterId, at + meterId + 32), ID_AT)
    input.set(packed.subarray(at + placement, at + placement + 16), PLACEMENT_AT)
  })
}

function orderBy(ringSeed: Uint8Array, count: number, place: (input: Buffer, i: number) => void): number[] {
  const input = Buffer.alloc(PLACEMENT_AT + 16)
  input.set(TAG)
  input.set(checkLength(ringSeed, 32, 'ringSeed'), TAG.byteLength)
  // Hexadecimal digests sort as their bytes do, and node makes a string of a digest faster than a Buffer. The first
  // 48 bits as a number settle nearly every comparison.
  const digests: string[] = []
  const leading = new Float64Array(count)
  const order: number[] = []
  for (let i = 0; i < count; i++) {
    place(input, i)
    const digest = hash('sha256', input, 'hex')
    digests.push(digest)
    leading[i] = Number.parseInt(digest.slice(0, 12), 16)
    order.push(i)
  }
  return order.sort((a, b) => (leading[a] as number) - (leading[b] as number) || compareWhole(digests[a] as string, digests[b] as string))
}

function compareWhole(a: string, b: string): number {
  if (a === b) throw new InvalidArgumentError('members', 'every member once', 'two with the same meterId and placement')
  return a < b ? -1 : 1
}

/** Number of a meter's mask neighbours, d = min(degree, n − 1) (PROTOCOL.md section 5). */
export function maskNeighbourCount(n: number, degree: number): number {
  return Math.min(degree, n - 1)
}

/** How a complete graph is written: the smallest even degree >= n − 1, at least 2 (PROTOCOL.md section 5). */
export function completeDegree(n: number): number {
  return Math.max(2, 2 * Math.ceil((n - 1) / 2))
}

/**
 * Gives the positions of the mask neighbours of one position: p ± 1 … p ± degree/2 (mod n), each once, ascending;
 * everybody else where degree >= n − 1 (PROTOCOL.md section 5).
 *
 * @throws InvalidArgumentError on a position outside the ring, or as {@link checkDegree}
 */
export function neighbourPositions(position: number, n: number, degree: number): number[] {
  checkDegree(degree, n)
  if (!Number.isInteger(position) || position < 0 || position >= n) {
    throw new InvalidArgumentError('position', `an integer from 0 to ${n - 1}`, String(position))
  }
  const out: number[] = []
  if (degree >= n - 1) {
    for (let i = 0; i < n; i++) if (i !== position) out.push(i)
    return out
  }
  // degree <= n − 2, so the two arcs neither meet nor reach round to the position itself.
  for (let i = 1; i <= degree / 2; i++) out.push((position + i) % n, (position - i + n) % n)
  return out.sort((a, b) => a - b)
}

/**
 * Makes sure of a degree that a roster of n members can have; returns it. More than n − 1 is right: it stays in force
 * when members leave, and everybody is everybody's neighbour then.
 *
 * @param recovery - where given, also that double mask can number a meter's neighbours, d <= 254 (PROTOCOL.md section 7)
 * @throws InvalidArgumentError
 */
export function checkDegree(degree: number, n: number, recovery?: RecoveryMode): number {
  checkMembers(n)
  if (!Number.isInteger(degree) || degree < 2 || degree > MAX_DEGREE || degree % 2 !== 0) {
    throw new InvalidArgumentError('degree', `an even number from 2 to ${MAX_DEGREE}`, String(degree))
  }
  const neighbours = maskNeighbourCount(n, degree)
  if (recovery && hasPrivateMasks(recovery) && neighbours > MAX_SHARE_HOLDERS) {
    throw new InvalidArgumentError('degree', `at most ${MAX_SHARE_HOLDERS} mask neighbours with double mask`, `${neighbours}`)
  }
  return degree
}

/** Makes sure of a number of members; returns it. @throws InvalidArgumentError unless it is from 2 to 65,535 */
export function checkMembers(n: number): number {
  if (!Number.isInteger(n) || n < 2 || n > MAX_MEMBERS) {
    throw new InvalidArgumentError('members', `a whole number from 2 to ${MAX_MEMBERS}`, String(n))
  }
  return n
}
