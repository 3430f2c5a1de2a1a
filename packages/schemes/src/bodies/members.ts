// Lists of members in bodies: their numbers, u16 each, ascending.
import { concatBytes, type MeterId, u16 } from '@hushgrid/primitives'
import { MalformedBodyError } from '../errors.ts'
import type { Group } from '../scheme.ts'

/** Encodes members, who are given in ascending order. */
export function encodeMembers(ids: Iterable<MeterId>, { members }: Group): Uint8Array {
  return concatBytes(...Array.from(ids, id => u16(members.indexOf(id))))
}

/** Decodes members. @throws MalformedBodyError unless their numbers ascend and are in the group */
export function decodeMembers(bytes: Uint8Array, { members }: Group, sender: MeterId): MeterId[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const numbers = Array.from({ length: Math.floor(bytes.byteLength / 2) }, (_, i) => view.getUint16(2 * i, true))
  const ascend = numbers.every((number, i) => number < members.length && (i === 0 || number > (numbers[i - 1] as number)))
  if (bytes.byteLength % 2 !== 0 || !ascend) throw new MalformedBodyError(sender, 'expected ascending numbers of members, got others')
  return numbers.map(number => members[number] as MeterId)
}
