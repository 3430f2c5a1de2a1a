// From a run to one value: the run is the unit of all statistics.
import { median, ROLES, type RoleName } from '@hushgrid/lab'
import type { CostByRole, EvaluatedChange, EvaluatedCost, EvaluatedRun, EvaluatedSlot } from '../record/run.ts'
import type { Counted } from '../statistics/proportion.ts'

/** Bearer of a cost: a role; the household's parties or all others; or all. */
export type Bearer = RoleName | 'house' | 'collecting' | 'all'

/** Roles that stand in a house. */
const HOUSE: readonly string[] = ['meter', 'device']

/** Gives the roles that a bearer stands for. */
function rolesOf(bearer: Bearer): readonly RoleName[] {
  if (bearer === 'all') return ROLES
  if (bearer === 'house') return ROLES.filter(role => HOUSE.includes(role))
  if (bearer === 'collecting') return ROLES.filter(role => !HOUSE.includes(role))
  return [bearer]
}

/** A cost of a party, by name; `sentWire` is the network's, all others the protocol's. */
export const METRICS = [
  'cpuMs',
  'sentBytes',
  'receivedBytes',
  'sentMessages',
  'receivedMessages',
  'sentWire'
] as const satisfies readonly (keyof EvaluatedCost)[]
export type Metric = (typeof METRICS)[number]

/** Gives the sum over a bearer's roles; null where none of them was measured. */
export function costOf(costs: CostByRole, bearer: Bearer, metric: Metric): number | null {
  const values = rolesOf(bearer).flatMap(role => costs[role]?.[metric] ?? [])
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0)
}

/** Gives the slots that show a reading's cost: those with a total, in which nothing happened but readings, or churn throughout. */
function steadySlots({ slots }: EvaluatedRun): readonly EvaluatedSlot[] {
  return slots.filter(({ phase, outcome, submitted }) => isCalm(phase) && outcome === 'total' && submitted > 0)
}

/** Gives the median over the steady slots of a bearer's cost over the readings in the slot's total. */
export function perReading(run: EvaluatedRun, bearer: Bearer, metric: Metric): number | null {
  return median(courseOf(run, bearer, metric))
}

/** Gives the same slot by slot. */
export function courseOf(run: EvaluatedRun, bearer: Bearer, metric: Metric): readonly number[] {
  return [...costsBySlot(run, bearer, metric).values()]
}

/** Gives the same by the slot's number in the run. */
export function costsBySlot(run: EvaluatedRun, bearer: Bearer, metric: Metric): ReadonlyMap<number, number> {
  return new Map(
    steadySlots(run).flatMap((slot): [number, number][] => {
      const cost = costOf(slot.roles, bearer, metric)
      return cost === null ? [] : [[slot.index, cost / slot.submitted]]
    })
  )
}

/** Counts the slots that costs are taken from. */
export const steadyCount = (run: EvaluatedRun): number => steadySlots(run).length

/** Counts the slots that rounds and latency are taken from. */
export const timedCount = ({ slots }: EvaluatedRun): number =>
  slots.filter(({ phase, rounds, sinceEndMs }) => isCalm(phase) && (rounds !== null || sinceEndMs !== null)).length

const isCalm = (phase: EvaluatedSlot['phase']): boolean => phase === 'steady' || phase === 'churn'

/** Gives the median of the rounds, or of the protocol's milliseconds from a slot's end to its total. */
export function latencyOf(run: EvaluatedRun, of: 'rounds' | 'sinceEndMs'): number | null {
  return median(run.slots.filter(({ phase }) => isCalm(phase)).flatMap(slot => slot[of] ?? []))
}

/** Counts slots that the contender lost, or whose total came late, among those that the machine did not lose. */
export function lossesOf({ slots }: EvaluatedRun, of: 'lost' | 'late'): Counted {
  const own = slots.filter(({ phase, busy }) => isCalm(phase) && !busy)
  const hit = (slot: EvaluatedSlot): boolean => (of === 'lost' ? slot.outcome === 'lost' : slot.outcome === 'total' && slot.late)
  return { hits: own.filter(hit).length, of: own.length }
}

export function setupOf({ setup, point }: EvaluatedRun, metric: Metric): number | null {
  const cost = costOf(setup.roles, 'all', metric)
  return cost === null ? null : cost / point.n
}

/** Gives the median over a run's changes of a kind. */
export function changeOf(
  { changes }: EvaluatedRun,
  kind: EvaluatedChange['kind'],
  of: 'messages' | 'bytes' | 'cpuMs' | 'lostSlots'
): number | null {
  return median(changes.filter(change => change.kind === kind).map(change => change[of]))
}
