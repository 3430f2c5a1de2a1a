import { MalformedMessageError } from '@hushgrid/messages'

/** Encodes members of this path by index: one bit each, least significant first, no zero byte at the end. */
export function encodeIndexSet(indices: Iterable<number>): Uint8Array {
  const all = [...indices]
  const bytes = new Uint8Array(all.length === 0 ? 0 : (Math.max(...all) >> 3) + 1)
  for (const index of all) bytes[index >> 3] = (bytes[index >> 3] as number) | (1 << (index & 7))
  return bytes
}

/** @throws MalformedMessageError where it is not in its one encoding */
export function decodeIndexSet(bytes: Uint8Array): number[] {
  if (bytes.byteLength > 0 && bytes[bytes.byteLength - 1] === 0)
    throw new MalformedMessageError('bad-field', 'set of members: expected no zero byte at its end')
  const indices: number[] = []
  for (let index = 0; index < 8 * bytes.byteLength; index++) if (((bytes[index >> 3] as number) >> (index & 7)) & 1) indices.push(index)
  return indices
}
