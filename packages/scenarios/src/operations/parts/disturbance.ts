import type { Planner, Step } from '../../planner/planner.ts'
import { meters } from './fields.ts'

/** Meters that a disturbance of the network is about. */
export const some = meters.optional().describe('Only what these meters send and receive; everybody where it is left out.')

interface Disturbance {
  readonly at: number
  readonly meters?: readonly number[] | undefined
  readonly for?: number | undefined
}

/**
 * Plans that a disturbance begins and, where it says so, ends.
 *
 * @param step - gives its step at a moment, with `over` the one that ends it
 */
export function planDisturbance<Planned extends Step>(
  planner: Planner<Planned>,
  { at, meters, for: slots }: Disturbance,
  step: (at: number, meters: readonly number[] | 'all', over: boolean) => Planned
): void {
  const first = step(at, 'all', false)
  const concerned = meters ? planner.existing(first, meters) : 'all'
  if (concerned.length === 0) return
  planner.add(step(at, concerned, false))
  if (slots !== undefined) planner.later(at + slots, then => planner.add(step(then, concerned, true)), true)
}
