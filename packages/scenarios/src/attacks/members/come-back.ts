import type { JournalState } from '../../ports/churn.ts'
import type { SimulatedTarget } from '../../ports/simulated-target.ts'
import { type AttackOrder, meterOf } from '../attack.ts'

/** Has a member submit, crash, and restart before the deadline with a journal that lacks the submission. */
export function comeBack(target: SimulatedTarget, order: AttackOrder, journal: JournalState): void {
  const meter = meterOf(target, order)
  const first = Math.max(0, Math.floor(order.at))
  for (let at = first; at < first + order.slots; at++) {
    target.schedule(at - 1 / 16, () => target.armCrash(meter, 'after-submitting', target.slot(at)))
    target.schedule(at + 1 / 16, () => target.restart(meter, journal))
  }
}
