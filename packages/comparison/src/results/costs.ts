// Costs of slots, changes and whole runs, as lists of values.
import type { RoleCost } from '@hushgrid/lab'
import type { ComparedChange, ComparedRun, ComparedSlot } from './result.ts'
import { type Bearer, rolesOf } from './series.ts'

/** Costs of a role by name; `wireBytes` are those on the wire both ways. */
const COST_OF = {
  cpuMs: cost => cost.cpuMs,
  sentBytes: cost => cost.sentBytes,
  receivedBytes: cost => cost.receivedBytes,
  wireBytes: cost => cost.sentBytes + cost.receivedBytes,
  sentMessages: cost => cost.sentMessages,
  receivedMessages: cost => cost.receivedMessages,
  sentPayload: cost => cost.sentPayload,
  receivedPayload: cost => cost.receivedPayload
} as const satisfies Record<string, (cost: RoleCost) => number>
export type CostMetric = keyof typeof COST_OF

/** Gives the sum over the bearer's roles; null where none of them was measured. */
function costOf(roles: ComparedSlot['roles'], bearer: Bearer, metric: CostMetric): number | null {
  const costs = rolesOf(bearer).flatMap(role => roles[role] ?? [])
  return costs.length === 0 ? null : costs.reduce((sum, cost) => sum + COST_OF[metric](cost), 0)
}

/**
 * Gives the slots that show the cost of a reading: those with a total and nothing but readings in them. Where churn goes on
 * throughout, its cost is part of a reading's.
 */
const steadySlots = (run: ComparedRun): readonly ComparedSlot[] =>
  run.slots.filter(({ phase, lost, submitted }) => (phase === 'steady' || phase === 'churn') && !lost && submitted > 0)

/** Gives a value for each steady slot of all runs: the bearer's cost in it over the readings in its total. */
export function costsPerReading(runs: readonly ComparedRun[], bearer: Bearer, metric: CostMetric): readonly number[] {
  return runs.flatMap(steadySlots).flatMap(slot => {
    const cost = costOf(slot.roles, bearer, metric)
    return cost === null ? [] : [cost / slot.submitted]
  })
}

/** Gives a value for each run: the bearer's cost from the first process to the first slot. */
export function setupCosts(runs: readonly ComparedRun[], bearer: Bearer, metric: CostMetric): readonly number[] {
  return runs.flatMap(({ setup }) => costOf(setup.roles, bearer, metric) ?? [])
}

/** Gives a value for each steady slot with a total: real ms from its deadline, below zero before it. */
export function latencies(runs: readonly ComparedRun[]): readonly number[] {
  return runs.flatMap(steadySlots).flatMap(({ latencyMs }) => latencyMs ?? [])
}

/** Gives the same from the slot's end by the protocol's clock, in units, and the message rounds; none of older comparisons. */
export function protocolLatencies(runs: readonly ComparedRun[], of: 'units' | 'rounds'): readonly number[] {
  return runs.flatMap(steadySlots).flatMap(slot => slot[of] ?? [])
}

/** Gives the peak of memory in each run. */
export function peaks(runs: readonly ComparedRun[], bearer: Bearer): readonly number[] {
  return runs.flatMap(({ peakRssBytes }) => {
    const sizes = rolesOf(bearer).flatMap(role => peakRssBytes[role] ?? [])
    return sizes.length === 0 ? [] : [sizes.reduce((sum, size) => sum + size, 0)]
  })
}

/** Name of a measure of a change. */
export type ChangeMetric = Exclude<keyof ComparedChange, 'kind'>

/** Gives a value for each change of a kind, over all runs; changes without one are left out. */
export function changeCosts(runs: readonly ComparedRun[], kind: ComparedChange['kind'], metric: ChangeMetric): readonly number[] {
  return runs.flatMap(({ changes }) => changes.filter(change => change.kind === kind).flatMap(change => change[metric] ?? []))
}

/** Tells whether a contender lost a slot, and not the machine. */
export function lostByContender({ lost, busy }: ComparedSlot): boolean {
  return lost && !busy
}

/** Counts of the slots of some runs, in every phase. */
export interface SlotCounts {
  readonly slots: number
  readonly steady: number
  /** Number of slots that the contender lost; those lost because the machine was late are not in it. */
  readonly lost: number
  /** Number of slots with a total in spite of missing members. */
  readonly recovered: number
  readonly exact: number
}

export function countSlots(runs: readonly ComparedRun[]): SlotCounts {
  const slots = runs.flatMap(run => run.slots)
  return {
    slots: slots.length,
    steady: runs.flatMap(steadySlots).length,
    lost: slots.filter(lostByContender).length,
    recovered: slots.filter(({ recovered }) => recovered > 0).length,
    exact: slots.filter(({ exact }) => exact).length
  }
}
