// The group of a file of known answers: ids in the order of their numbers, random bytes and keys as the file has them.
import { PrivateKey } from '@hushgrid/paillier'
import { epoch, type LaneVector, lanesFromIntegers, type MeterId, meterId, type Rng, u64, utf8 } from '@hushgrid/primitives'
import { shake256 } from '../arithmetic/random.ts'
import type { RngOf } from '../lockstep.ts'
import type { Group, RoleName } from '../scheme.ts'
import type { SchemeCase } from './format.ts'

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

function nameOf(id: MeterId): string {
  const number = numberOf(id)
  const role = Object.entries(NUMBERS).find(([, each]) => each === number)?.[0]
  return role ?? (number >= FIRST_DEVICE ? `device-${number - FIRST_DEVICE}` : `meter-${number}`)
}

/**
 * Random bytes of a file: call c for k bytes is SHAKE-256(seed ‖ 0 ‖ `<scheme>/<party>/<phase>` ‖ 0 ‖ u64 c).
 *
 * @param variant - follows the slot's number, in a second run of the same slot
 */
export function rngOf(seed: string, scheme: string, variant = ''): RngOf {
  return (party, phase, slot): Rng => {
    let call = 0
    const label = utf8(`${seed}\0${scheme}/${nameOf(party)}/${phase === 'slot' ? slot + variant : phase}\0`)
    return { bytes: length => shake256(length, label, u64(call++)) }
  }
}

/** Finds the primes that a case has for a party. */
export function primesOf({ setup }: Pick<SchemeCase, 'setup'>, party: MeterId): { p: bigint; q: bigint } | undefined {
  const number = numberOf(party)
  const found = setup.parties?.[String(number)] ?? setup.meters?.[number] ?? setup.modulus ?? setup.aggregator
  return found && { p: BigInt(`0x${found.p}`), q: BigInt(`0x${found.q}`) }
}

/** Gives a party's key from a case. */
export function keyOf(of: Pick<SchemeCase, 'setup'>, party: MeterId): PrivateKey {
  const { p, q } = primesOf(of, party) as { p: bigint; q: bigint }
  return new PrivateKey(p, q)
}

/** Pairs members with their readings. */
export function readingsOf(group: Group, rows: SchemeCase['slots'][number]['readings']): Map<MeterId, LaneVector> {
  return new Map(group.members.map((id, i) => [id, lanesFromIntegers((rows[i] ?? []).map(value => BigInt(value ?? 0)))]))
}
