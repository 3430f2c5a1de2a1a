// A join, a leave and a crash after the steady slots, and what each cost beyond them: the rule of `pnpm compare`.
import { median } from '@hushgrid/lab'
import type { CostByRole, EvaluatedChange, EvaluatedSlot } from '../../record/run.ts'
import type { Totals } from './books.ts'
import type { Simulated } from './contender.ts'

/** Number of slots in which a change shows: it takes force with the next epoch, and a crash is noticed after two slots. */
export const CHANGE_SLOTS = 3

/** A crash comes half a sixteenth of a slot before its first slot's end, so that the meter has not submitted. */
const CRASH_BEFORE = 0.5 / 16

/** One change, and the first slot in which it shows. */
export interface Change {
  readonly kind: EvaluatedChange['kind']
  readonly first: number
  readonly meter: number
}

/** Plans one join, one leave and one crash, each with slots of its own. */
export function changesFrom(first: number, members: number): readonly Change[] {
  return [
    { kind: 'join', first, meter: members },
    { kind: 'leave', first: first + CHANGE_SLOTS, meter: 1 },
    { kind: 'crash', first: first + 2 * CHANGE_SLOTS, meter: 2 }
  ]
}

/** Schedules changes at the end of their first slots, as late as that they cost nothing before. */
export function scheduleChanges(simulated: Simulated, changes: readonly Change[]): void {
  for (const { kind, first, meter } of changes)
    simulated.schedule(kind === 'crash' ? first - CRASH_BEFORE : first, () => void simulated[kind](meter))
}

/** Gives the phase of a slot. */
export function phaseOf(index: number, changes: readonly Change[], churn: boolean): EvaluatedSlot['phase'] {
  if (churn) return 'churn'
  return changes.findLast(({ first }) => index >= first)?.kind ?? 'steady'
}

/** Slots of a run with their costs; `index` is the number in the run, those that warm up included. */
export interface ChangedRun {
  readonly slots: readonly (Pick<EvaluatedSlot, 'phase' | 'outcome' | 'roles'> & { readonly index: number })[]
  /** Totals at the end of each slot. */
  readonly totals: readonly Totals[]
  readonly warmUp: number
}

/** Gives what a change cost beyond the median of steady slots, over the slots in which it shows. */
export function changeCost({ kind, first }: Change, { slots, totals, warmUp }: ChangedRun): EvaluatedChange {
  const window = slots.filter(({ index }) => index >= first && index < first + CHANGE_SLOTS)
  const steady = slots.filter(({ index, phase }) => index >= warmUp && phase === 'steady')
  const extra = (of: (roles: CostByRole) => number): number => {
    const usual = median(steady.map(({ roles }) => of(roles))) ?? 0
    return window.reduce((sum, { roles }) => sum + of(roles) - usual, 0)
  }
  const [before, after] = [totals[first]?.keyAgreements ?? null, totals[first + CHANGE_SLOTS]?.keyAgreements ?? null]
  return {
    kind,
    messages: extra(roles => sumOf(roles, 'sentMessages')),
    bytes: extra(roles => sumOf(roles, 'sentBytes')),
    cpuMs: Math.round(1000 * extra(roles => sumOf(roles, 'cpuMs'))) / 1000,
    keyAgreements: before === null || after === null ? null : after - before,
    lostSlots: window.filter(({ outcome }) => outcome === 'lost').length
  }
}

/** Messages and bytes count once, where they are sent. */
function sumOf(roles: CostByRole, field: 'cpuMs' | 'sentMessages' | 'sentBytes'): number {
  return Object.values(roles).reduce((sum, cost) => sum + (cost?.[field] ?? 0), 0)
}
