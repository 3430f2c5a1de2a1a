// Random scenarios against edge release: nothing is left out that its guarantee does not leave out.
import { SeededRng } from '@hushgrid/primitives'
import type { AttackName, PlannedOperation } from '@hushgrid/scenarios'
import { colluding, disturbance, drawn, Membership, offClocks, type RandomScenario, SLOTS, smallNeighbourhood } from './parts.ts'

const LIES: readonly AttackName[] = [
  'hide-submission',
  'ask-one-alone',
  'ask-twice',
  'ask-late',
  'ask-ahead',
  'keep-from-named',
  'ask-despite-components'
]

/**
 * A small neighbourhood under an aggregator that lies about every other slot, with colluders up to the bound. Where it lies
 * nobody is cut off or crashes after submitting, against which edge release does not protect (section 7); delays are shorter
 * than the dispute window.
 */
export function randomEdgeRelease(seed: string): RandomScenario {
  const rng = new SeededRng(seed)
  const { facts, homes } = smallNeighbourhood(rng, seed, 'edge-release')
  const { members, degree } = facts
  const membership = new Membership(rng, members)
  const plan: PlannedOperation[] = offClocks(rng, members)
  const lies: number[] = []
  const colluders = colluding(rng, members)
  for (let slot = 1; slot < SLOTS - 1; slot++) {
    const isLie = rng.below(2) === 0
    plan.push(...membership.inSlot(slot, isLie))
    if (!isLie) {
      plan.push(...disturbance(rng, slot, members))
      continue
    }
    const what = drawn(rng, LIES)
    const missing = [...new Set(Array.from({ length: 1 + rng.below(degree) }, () => rng.below(members)))]
    const meters = what === 'ask-despite-components' ? missing : colluders
    plan.push({ at: slot, do: 'attack', by: 'aggregator', what, meter: rng.below(members), meters, slots: what === 'ask-ahead' ? 3 : 1 })
    lies.push(slot - 2, slot, slot + 1, slot + 2, slot + 3)
  }
  return { facts, homes, plan, colluders, lies, slots: SLOTS }
}

/** The same without recovery: whoever is missing loses the slot, and there is nothing to ask for. */
export function randomWithoutRecovery(seed: string): RandomScenario {
  const rng = new SeededRng(seed)
  const { facts, homes } = smallNeighbourhood(rng, seed, 'none')
  const membership = new Membership(rng, facts.members)
  const plan: PlannedOperation[] = offClocks(rng, facts.members)
  for (let slot = 1; slot < SLOTS - 1; slot++) plan.push(...membership.inSlot(slot, false), ...disturbance(rng, slot, facts.members))
  return { facts, homes, plan, colluders: [], slots: SLOTS }
}
