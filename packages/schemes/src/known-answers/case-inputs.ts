// What a case of known answers brings to its group: random bytes, keys and readings.
import { PrivateKey } from '@hushgrid/paillier'
import { type LaneVector, lanesFromIntegers, type MeterId, type Rng, u64, utf8 } from '@hushgrid/primitives'
import { shake256 } from '../arithmetic/random.ts'
import type { RngOf } from '../lockstep.ts'
import { nameOf, numberOf } from '../scene-group.ts'
import type { Group } from '../scheme.ts'
import type { SchemeCase } from './format.ts'

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
