// Slots of any group with readings of its own, for tests whose parties are told apart by their ids.
import { type LaneVector, lanesFromIntegers, type MeterId, type Slot, signedLanes } from '@hushgrid/primitives'
import { rngOf } from '../../src/known-answers/case-inputs.ts'
import { Lockstep } from '../../src/lockstep.ts'
import type { Group, Outcome, Scheme } from '../../src/scheme.ts'
import { FIRST_SLOT, type Tamper } from './small-group.ts'
import { changing } from './tampered.ts'

/** Opens a group and runs its setup. */
export function entered(scheme: Scheme, group: Group, tamper?: Tamper): Lockstep {
  const lockstep = new Lockstep({ scheme, group, slot: FIRST_SLOT, rng: rngOf('a test', scheme.name), ...(tamper && { tamper }) })
  lockstep.run({ phase: 'setup', slot: FIRST_SLOT })
  return lockstep
}

/** Gives readings of both signs, other ones in each slot. */
export function readingsIn({ members, lanes }: Group, at: Slot): Map<MeterId, LaneVector> {
  const value = (meter: number, lane: number): number => ((meter + 1) * 997 + lane * 31 + (at % 100) * 7) * (meter % 3 === 1 ? -1 : 1)
  return new Map(members.map((id, i) => [id, lanesFromIntegers(Array.from({ length: lanes }, (_, lane) => value(i, lane)))]))
}

/** Adds up readings without any scheme. */
export function sumOf(readings: ReadonlyMap<MeterId, LaneVector>): bigint[] {
  const vectors = [...readings.values()].map(signedLanes)
  return (vectors[0] ?? []).map((_, lane) => vectors.reduce((sum, vector) => sum + (vector[lane] as bigint), 0n))
}

/** Gives the lanes of a total, or the reason and members of a loss. */
export function told(outcome: Outcome | undefined): unknown {
  if (outcome?.type === 'total') return signedLanes(outcome.lanes)
  return outcome?.type === 'lost' ? [outcome.reason, ...outcome.members] : outcome
}

/** Shortens by a byte what one party sends in a round of a slot. */
export function shortened(from: MeterId, round: number, on: () => boolean): Tamper {
  const cut = changing(from, round, body => body.subarray(0, -1))
  return message => (on() ? cut(message) : [message])
}
