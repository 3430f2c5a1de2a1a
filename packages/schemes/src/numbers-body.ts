// Bodies that name members by their numbers, 2 bytes each.
import { concatBytes, type MeterId, u16 } from '@hushgrid/primitives'
import { MalformedBodyError } from './errors.ts'

/** Encodes the numbers of members. */
export function encodeNumbers(ids: readonly MeterId[], members: readonly MeterId[]): Uint8Array {
  return concatBytes(...ids.map(id => u16(members.indexOf(id))))
}

/** Reads ascending numbers of members. @throws MalformedBodyError */
export function numbersOf(bytes: Uint8Array, members: readonly MeterId[], sender: MeterId): MeterId[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const numbers = Array.from({ length: Math.floor(bytes.byteLength / 2) }, (_, i) => view.getUint16(2 * i, true))
  const ascend = numbers.every((number, i) => number < members.length && (i === 0 || number > (numbers[i - 1] as number)))
  if (bytes.byteLength % 2 !== 0 || !ascend) throw new MalformedBodyError(sender, 'expected ascending numbers of members, got others')
  return numbers.map(number => members[number] as MeterId)
}
