// The switch from one contender to another while the readings go on.
import { availableParallelism } from 'node:os'
import type { Slot } from '@hushgrid/primitives'
import type { ShownContender } from '../contender/contender.ts'
import type { LabPlan } from './plan.ts'

/** Most meters with which one process keeps up with slots of a second. */
const ONE_PROCESS_MEMBERS = 100

/** Gives the default number of processes that share the work. */
export function processesFor({ shown }: ShownContender, members: number): number {
  return shown.oneProcess || members <= ONE_PROCESS_MEMBERS ? 1 : availableParallelism()
}

/** Gives the reason why a run can never be switched, in a sentence; undefined where it can. */
export function whyNeverSwitch({ churn, supplier }: Pick<LabPlan, 'churn' | 'supplier'>): string | undefined {
  if (supplier) return 'the supplier beside this neighbourhood follows its DC-net; "pnpm nodes:start" can be switched'
  if (churn) return 'a churn scenario is under way, which is planned for this run alone'
  return undefined
}

/** Gives the reason why a run cannot be switched now, in a sentence; undefined where it can. */
export function whyNotSwitch(plan: LabPlan, to: ShownContender, next: Slot): string | undefined {
  const { contender, readings } = plan
  const never = whyNeverSwitch(plan)
  if (never !== undefined) return never
  if (to === contender) return 'it runs so already'
  if (readings.endSlot !== undefined && next >= readings.endSlot) return 'the readings end here: there is no slot left for another run'
  return undefined
}

/**
 * Gives the plan of the run that follows.
 *
 * @param origin - plan of the first run, whose key length and number of processes are kept
 * @param next - first slot of the run that follows
 */
export function switchedPlan(plan: LabPlan, origin: LabPlan, contender: ShownContender, next: Slot): LabPlan {
  const { slots, readings, members } = plan
  const sharesWork = !contender.shown.oneProcess && !origin.contender.shown.oneProcess
  return {
    ...plan,
    contender,
    bits: contender.facts.key && (origin.bits ?? contender.facts.key.bits),
    slots: slots === undefined ? undefined : slots - (next - readings.firstSlot),
    processes: sharesWork ? origin.processes : processesFor(contender, members),
    readings: { ...readings, firstSlot: next },
    notes: [`switched to ${contender.shown.called}, on the same readings`]
  }
}
