import { dropOfOtherMode } from '../epoch.ts'
import type { MeterRecovery } from './recovery.ts'

/** Meter's part without recovery: a slot with missing members is lost, and a meter has nothing to say about it. */
export const NONE: MeterRecovery = {
  privateMasks: () => undefined,
  restore: () => undefined,
  receive: (context, _, envelope) => dropOfOtherMode(context, envelope),
  submitted: () => undefined,
  clockAnswered: () => undefined,
  tick: () => undefined,
  wakeAt: () => undefined,
  giveUp: () => undefined,
  said: () => [],
  leavesOut: () => false,
  forget: () => undefined
}
