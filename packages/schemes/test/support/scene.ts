// A small group with some slots, for tests of schemes and of attacks on them.
import { type LaneVector, lanesFromIntegers, type MeterId, type Slot, signedLanes, slot } from '@hushgrid/primitives'
import type { AttackScene } from '../../src/attacks/attack.ts'
import { rngOf } from '../../src/known-answers/case-inputs.ts'
import { Lockstep, type LockstepInit, type Sent } from '../../src/lockstep.ts'
import type { SchemeOptions } from '../../src/options.ts'
import { sceneGroup } from '../../src/scene-group.ts'
import type { Group, Outcome, Outgoing, Scheme } from '../../src/scheme.ts'
import { SHORT_KEYS, shortKeyFor } from './short-keys.ts'

export const FIRST: Slot = slot(1_935_600)

export type Tamper = NonNullable<LockstepInit['tamper']>

/** Opens a group and runs its setup. */
export function entered(scheme: Scheme, group: Group, tamper?: Tamper): Lockstep {
  const lockstep = new Lockstep({ scheme, group, slot: FIRST, rng: rngOf('a test', scheme.name), ...(tamper && { tamper }) })
  lockstep.run({ phase: 'setup', slot: FIRST })
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
  return message => [on() && message.from === from && message.round === round ? cut(message) : message]
}

const cut = ({ to, body }: Sent): Outgoing => ({ to, body: body.subarray(0, -1) })

/** Makes the scene of an attack on a scheme. */
export function attackScene(make: (options: SchemeOptions) => Scheme, meters = 3): AttackScene {
  const group = sceneGroup(meters, 2)
  return {
    group,
    slots: [0, 1, 2].map(i => ({ slot: slot(FIRST + i), readings: readingsIn(group, slot(FIRST + i)) })),
    enter: (options = {}, tamper) => entered(make({ ...SHORT_KEYS, ...options }), group, tamper),
    primesOf: party => shortKeyFor(party).exportPrimes()
  }
}
