// A group whose parties have numbers for names, for known answers, attacks and tests: ids are in the order of the numbers.
import { epoch, type MeterId, meterId } from '@hushgrid/primitives'
import type { Group, RoleName } from './scheme.ts'

const NUMBERS: Readonly<Partial<Record<RoleName, number>>> = {
  aggregator: 0xfff0,
  dealer: 0xfff1,
  collector: 0xfff2,
  'key-authority': 0xfff3,
  store: 0xfff4
}
const FIRST_DEVICE = 0x8000
const EVERY_METER = 0xffff

/** Gives the id of a party by its number; ids ascend as numbers do. */
function idOf(number: number): MeterId {
  const bytes = new Uint8Array(32)
  bytes.set([number >> 8, number & 255], 0)
  return meterId(bytes)
}

/** Gives the number of a party. */
export function numberOf(id: MeterId | 'meters'): number {
  return id === 'meters' ? EVERY_METER : Number.parseInt(id.slice(0, 4), 16)
}

/** Makes a group of so many meters with all parties that there are. */
export function sceneGroup(meters: number, lanes: number): Group {
  const members = Array.from({ length: meters }, (_, i) => idOf(i))
  return {
    epoch: epoch(0),
    members,
    parties: Object.fromEntries(Object.entries(NUMBERS).map(([role, number]) => [role, idOf(number)])),
    deviceOf: new Map(members.map((id, i) => [id, idOf(FIRST_DEVICE + i)])),
    lanes,
    joined: members,
    left: []
  }
}

/** Names a party by its role, a meter or a device with its number. */
export function nameOf(id: MeterId): string {
  const number = numberOf(id)
  const role = Object.entries(NUMBERS).find(([, each]) => each === number)?.[0]
  return role ?? (number >= FIRST_DEVICE ? `device-${number - FIRST_DEVICE}` : `meter-${number}`)
}
