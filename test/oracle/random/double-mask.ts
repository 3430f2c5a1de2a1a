// Random scenarios against double masking: nothing is left out that its guarantee does not leave out.
import { SeededRng } from '@hushgrid/primitives'
import type { AttackName, PlannedOperation } from '@hushgrid/scenarios'
import type { NeighbourhoodOptions } from '@hushgrid/simulator'
import { colludersTolerated, maskNeighbourCount, ringOrder } from '@hushgrid/topology'
import { firstRoster, type RandomScenario, SLOTS } from './adversary-plans.ts'

const LIES: readonly AttackName[] = [
  'hide-submission',
  'keep-from-named',
  'ask-one-alone',
  'ask-twice',
  'ask-late',
  'split-survivors',
  'split-around-two',
  'grow-around-one',
  'ask-shares-twice',
  'shares-of-released',
  'masks-after-shares',
  'strip-piecewise',
  'hold-back'
]
const FALSE_MEMBERS: readonly AttackName[] = [
  'wrong-corrections',
  'wrong-shares',
  'share-for-released',
  'stay-silent',
  'submit-late',
  'dispute-falsely'
]
const PHASES = ['before-submitting', 'after-submitting', 'while-releasing'] as const
const JOURNALS = ['intact', 'intact', 'lost', 'rolled-back'] as const

/** One of a list. */
function drawn<T>(rng: SeededRng, list: readonly T[]): T {
  return list[rng.below(list.length)] as T
}

/**
 * A small neighbourhood with joins, leaves, crashes in every phase, partitions and delays, under an aggregator that lies
 * about every other slot, with colluders up to the bound that send what they should not.
 */
export function randomDoubleMask(seed: string): RandomScenario {
  const rng = new SeededRng(seed)
  const members = 8 + rng.below(13)
  const degree = Math.min(2 * (3 + rng.below(3)), members - (members % 2))
  const facts: NeighbourhoodOptions = { members, degree, minMembers: 6, signatures: 'stand-in', recovery: 'double-mask', seed }
  const plan: PlannedOperation[] = []
  const down = new Map<number, number>()
  let [joins, leaves] = [0, 0]
  for (let slot = 1; slot < SLOTS - 1; slot++) {
    for (const [meter, until] of down) {
      if (slot < until) continue
      down.delete(meter)
      plan.push({ at: slot + 0.1 * rng.below(8), do: 'restart', meter, journal: drawn(rng, JOURNALS) })
    }
    const what = rng.below(6)
    const meter = rng.below(members)
    if (what === 0) plan.push({ at: slot + 0.1 * rng.below(9), do: 'join', meter: members + joins++ })
    else if (what === 1 && !down.has(meter)) {
      plan.push({ at: slot + 0.1 * rng.below(9), do: 'leave', meter })
      down.set(meter, Number.POSITIVE_INFINITY)
      leaves++
    } else if (what <= 4 && !down.has(meter)) {
      plan.push({ at: slot, do: 'crash', meter, phase: drawn(rng, PHASES) })
      down.set(meter, slot + 1 + rng.below(3))
    }
    plan.push(...disturbance(rng, slot, members))
  }
  const colluders = colludersBelow(facts, rng, joins, leaves)
  for (let slot = 1; slot < SLOTS - 1; slot++) plan.push(...lies(rng, slot, members, colluders))
  return { facts, plan, colluders }
}

/** Some meters cut off, or slow, from some moment of a slot on, for at most as long as the slot is open. */
function disturbance(rng: SeededRng, slot: number, members: number): PlannedOperation[] {
  const what = rng.below(4)
  const meters = [...new Set(Array.from({ length: 1 + rng.below(4) }, () => rng.below(members)))]
  const [from, to] = [slot + 0.05 * rng.below(10), slot + 0.55 + 0.05 * rng.below(8)]
  if (what === 0)
    return [
      { at: from, do: 'partition', meters },
      { at: to, do: 'heal' }
    ]
  if (what !== 1) return []
  return [
    { at: from, do: 'delay', meters, seconds: 1 + rng.below(100) },
    { at: to, do: 'delay', meters, seconds: 0 }
  ]
}

function lies(rng: SeededRng, slot: number, members: number, colluders: readonly number[]): PlannedOperation[] {
  const told: PlannedOperation[] = []
  if (rng.below(2) === 0) {
    const what = drawn(rng, LIES)
    told.push({ at: slot, do: 'attack', by: 'aggregator', what, meter: rng.below(members), meters: colluders, slots: 1 })
  }
  if (colluders.length > 0 && rng.below(3) === 0) {
    const what = drawn(rng, FALSE_MEMBERS)
    told.push({ at: slot, do: 'attack', by: 'members', what, meter: drawn(rng, colluders), slots: 1 })
  }
  return told
}

/**
 * Meters drawn at random, as long as none has more colluding neighbours than section 7 allows in any roster of the run: a
 * leave brings two meters one place nearer to each other, a join only ever parts them.
 */
function colludersBelow(facts: NeighbourhoodOptions, rng: SeededRng, joins: number, leaves: number): number[] {
  const { members, degree } = facts
  const { neighbourhood, roster } = firstRoster(facts)
  const ring = ringOrder(roster.ringSeed, roster.members()).map(index => neighbourhood.meterOf(roster.meterId(index)) as number)
  const sizes = Array.from({ length: joins + leaves + 1 }, (_, i) => members - leaves + i)
  const bound = Math.min(...sizes.map(n => colludersTolerated('double-mask', maskNeighbourCount(n, degree as number))))
  const reach = (degree as number) / 2 + leaves
  const near = (a: number, b: number): boolean => {
    const apart = Math.abs(ring.indexOf(a) - ring.indexOf(b))
    return a !== b && Math.min(apart, members - apart) <= reach
  }
  const colluders: number[] = []
  for (let tries = 0; tries < 6; tries++) {
    const wanted = [...new Set([...colluders, rng.below(members)])]
    const worst = Math.max(...ring.map(meter => wanted.filter(other => near(meter, other)).length))
    if (worst <= bound) colluders.splice(0, colluders.length, ...wanted)
  }
  return colluders
}
