import type { Step } from '../../planner/planner.ts'

/** Units, sixteenths of a slot, by which a step for a slot's start comes ahead: clocks may be as much ahead. */
const AHEAD = 1

/** Gives the units by which a step comes ahead of its moment: one at the start of a slot, so that no clock is there before. */
export function unitsAheadOf({ at }: Pick<Step, 'at'>): number {
  return Number.isInteger(at) ? AHEAD : 0
}

/** Gives the moment of a step, a unit early at the start of a slot. */
export function momentOf(step: Pick<Step, 'at'>): number {
  return step.at - unitsAheadOf(step) / 16
}
