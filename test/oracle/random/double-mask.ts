// Random scenarios against double masking: nothing is left out that its guarantee does not leave out.
import { SeededRng } from '@hushgrid/primitives'
import { ATTACK_NAMES, type AttackName, type PlannedOperation } from '@hushgrid/scenarios'
import { colluding, disturbance, drawn, Membership, offClocks, type RandomScenario, SLOTS, smallNeighbourhood } from './parts.ts'

const LIES = ATTACK_NAMES.aggregator.filter(what => what !== 'cut-off')
const FALSE_MEMBERS: readonly AttackName[] = [
  'wrong-corrections',
  'wrong-shares',
  'share-for-released',
  'stay-silent',
  'submit-late',
  'dispute-falsely'
]
/** Protocol seconds by which somebody's clock may be moved: forty units either way. */
const MOVED_SECONDS = 2250

/**
 * A small neighbourhood with joins, leaves, crashes in every phase, partitions, delays, losses and a clock that is moved
 * anywhere, under an aggregator that lies about every other slot, with colluders that send what they should not, so that pairs are
 * cut.
 */
export function randomDoubleMask(seed: string): RandomScenario {
  const rng = new SeededRng(seed)
  const { facts, homes } = smallNeighbourhood(rng, seed, 'double-mask')
  const { members } = facts
  const membership = new Membership(rng, members)
  const plan: PlannedOperation[] = offClocks(rng, members)
  for (let slot = 1; slot < SLOTS - 1; slot++) {
    plan.push(...membership.inSlot(slot, false), ...disturbance(rng, slot, members))
    if (rng.below(6) > 0) continue
    const seconds = rng.below(2 * MOVED_SECONDS + 1) - MOVED_SECONDS
    plan.push({ at: slot + 0.05 * rng.below(14), do: 'skew', offsets: [[rng.below(members), seconds]] })
  }
  const colluders = colluding(rng, members)
  for (let slot = 1; slot < SLOTS - 1; slot++) plan.push(...lies(rng, slot, members, colluders))
  return { facts, homes, plan, colluders, slots: SLOTS }
}

function lies(rng: SeededRng, slot: number, members: number, colluders: readonly number[]): PlannedOperation[] {
  const told: PlannedOperation[] = []
  if (rng.below(2) === 0) {
    const what = drawn(rng, LIES)
    const missing = [...new Set(Array.from({ length: 1 + rng.below(4) }, () => rng.below(members)))]
    const meters = what === 'ask-despite-components' ? missing : colluders
    told.push({ at: slot, do: 'attack', by: 'aggregator', what, meter: rng.below(members), meters, slots: 1 })
  }
  if (colluders.length > 0 && rng.below(3) === 0) {
    const what = drawn(rng, FALSE_MEMBERS)
    told.push({ at: slot, do: 'attack', by: 'members', what, meter: drawn(rng, colluders), slots: 1 })
  }
  return told
}
