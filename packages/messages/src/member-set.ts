import { MalformedMessageError } from './errors.ts'

/**
 * Writes a set of members as one bit each in the roster's order, least significant bit first.
 *
 * @param indices - positions in the roster (ascending meterId), in any order
 * @param n - members of the roster
 * @returns ceil(n / 8) bytes
 */
export function encodeMemberSet(indices: Iterable<number>, n: number): Uint8Array {
  const out = new Uint8Array(Math.ceil(n / 8))
  for (const i of indices) {
    if (!(i >= 0 && i < n)) throw new RangeError(`member index: expected 0 to ${n - 1}, got ${i}`)
    out[i >> 3] = (out[i >> 3] as number) | (1 << (i & 7))
  }
  return out
}

/**
 * Reads a set of members.
 *
 * @returns ascending positions in the roster
 * @throws MalformedMessageError unless it has exactly ceil(n / 8) bytes and no bit beyond n
 */
export function decodeMemberSet(bytes: Uint8Array, n: number): number[] {
  checkMemberSet(bytes, n)
  const out: number[] = []
  for (let i = 0; i < n; i++) if (((bytes[i >> 3] as number) >> (i & 7)) & 1) out.push(i)
  return out
}

/** Number of members in a set, without listing them. */
export function countMemberSet(bytes: Uint8Array, n: number): number {
  checkMemberSet(bytes, n)
  let count = 0
  for (let byte of bytes) for (; byte; byte &= byte - 1) count++
  return count
}

/** Tells whether a member is in a set that {@link decodeMemberSet} or {@link countMemberSet} found well-formed. */
export function inMemberSet(bytes: Uint8Array, index: number): boolean {
  return (((bytes[index >> 3] ?? 0) >> (index & 7)) & 1) === 1
}

function checkMemberSet(bytes: Uint8Array, n: number): void {
  if (bytes.byteLength !== Math.ceil(n / 8)) {
    throw new MalformedMessageError(
      'bad-field',
      `set of members: expected ${Math.ceil(n / 8)} bytes for ${n} members, got ${bytes.byteLength}`
    )
  }
  if (n % 8 !== 0 && (bytes[bytes.byteLength - 1] as number) >> (n % 8) !== 0) {
    throw new MalformedMessageError('bad-field', `set of members: expected no bit beyond ${n} members`)
  }
}
