// From one mode to the other while the readings go on.
import { availableParallelism } from 'node:os'
import type { PesVariantName } from '@hushgrid/pes'
import type { Slot } from '@hushgrid/primitives'
import type { LabPlan } from './plan.ts'

export interface SwitchTo {
  readonly mode: LabPlan['mode']
  /** With `pes`; `reencrypt` unless given. */
  readonly variant?: PesVariantName | undefined
}

/** Above this many meters one process does not keep up with slots of a second. */
const ONE_PROCESS_MEMBERS = 100
export const DEFAULT_BITS = 2048

/** Processes that share the work unless somebody says otherwise. */
export function processesFor(mode: LabPlan['mode'], members: number): number {
  return mode === 'pes' || members <= ONE_PROCESS_MEMBERS ? 1 : availableParallelism()
}

/** Why a run cannot be switched, in a sentence; undefined where it can. */
export function whyNotSwitch({ churn, mode, pes, readings, supplier }: LabPlan, to: SwitchTo, next: Slot): string | undefined {
  if (supplier) return 'the supplier beside this neighbourhood follows its DC-net; "pnpm nodes:start" can be switched'
  if (churn) return 'a churn scenario is under way, which is planned for this run alone'
  if (to.mode === mode && (to.mode === 'dcnet' || (to.variant ?? 'reencrypt') === pes?.variant)) return 'it runs so already'
  if (readings.endSlot !== undefined && next >= readings.endSlot) return 'the readings end here: there is no slot left for another run'
  return undefined
}

/**
 * The plan of the run that follows.
 *
 * @param origin - of the first run, whose key length and number of processes are kept
 * @param next - its first slot
 */
export function switchedPlan(plan: LabPlan, origin: LabPlan, { mode, variant }: SwitchTo, next: Slot): LabPlan {
  const { slots, readings, members } = plan
  const pes = mode === 'pes' ? { variant: variant ?? 'reencrypt', bits: origin.pes?.bits ?? DEFAULT_BITS } : undefined
  return {
    ...plan,
    mode,
    pes,
    slots: slots === undefined ? undefined : slots - (next - readings.firstSlot),
    processes: mode === 'dcnet' && origin.mode === 'dcnet' ? origin.processes : processesFor(mode, members),
    readings: { ...readings, firstSlot: next },
    notes: [`switched to ${mode === 'dcnet' ? 'the DC-net' : `concentrator and PES (${pes?.variant})`}, on the same readings`]
  }
}
