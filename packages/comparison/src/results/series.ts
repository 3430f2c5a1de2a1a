// Sides of the comparison: the lines of a figure and the rows of a table, with their names.
import { ROLE_TITLES, ROLES, type RoleName } from '@hushgrid/lab'
import { COMPARED_NAMES } from '../contenders.ts'
import type { ComparedResults, ComparedRun } from './result.ts'

/** A contender and the length of its key: one line of a figure. */
export interface Series {
  readonly mode: string
  readonly bits: number | null
  /** Name in tables and legends. */
  readonly label: string
}

/** Runs that differ in their repeat only. */
export interface Combination extends Series {
  readonly n: number
  readonly degree: number | null
  readonly runs: readonly ComparedRun[]
}

/** Bearer of a cost: a role, all roles but the meter, or all. */
export type Bearer = RoleName | 'collecting' | 'all'

/** Roles on the collecting side: all but the meter. */
const COLLECTING: readonly RoleName[] = ROLES.filter(role => role !== 'meter')

/** Gives a bearer's name for a person. */
export function bearerName(bearer: Bearer): string {
  if (bearer === 'all') return 'all'
  return bearer === 'collecting' ? 'collecting side' : ROLE_TITLES[bearer]
}

/** Gives the roles that a bearer stands for. */
export function rolesOf(bearer: Bearer): readonly RoleName[] {
  if (bearer === 'all') return ROLES
  return bearer === 'collecting' ? COLLECTING : [bearer]
}

/** Gives the roles with measurements, in the order of {@link ROLES}. */
export function rolesIn(runs: readonly ComparedRun[]): readonly RoleName[] {
  return ROLES.filter(role => runs.some(run => run.setup.roles[role] || run.slots.some(slot => slot.roles[role])))
}

const labelOf = (mode: string, bits: number | null): string => (bits === null ? mode : `${mode} ${bits}`)

const byNumber = (a: number | null, b: number | null): number => (a ?? 0) - (b ?? 0)

/** Gives all combinations, by mode, size of the key, n and degree. */
export function combinationsOf({ runs }: ComparedResults): readonly Combination[] {
  const groups = Map.groupBy(runs, ({ mode, bits, n, degree }) => JSON.stringify([mode, bits, n, degree]))
  const combinations = [...groups.values()].flatMap(group => {
    const [first] = group
    if (!first) return []
    const { mode, bits, n, degree } = first
    return [{ mode, bits, n, degree, label: labelOf(mode, bits), runs: group }]
  })
  return combinations.sort(
    (a, b) =>
      COMPARED_NAMES.indexOf(a.mode) - COMPARED_NAMES.indexOf(b.mode) ||
      byNumber(a.bits, b.bits) ||
      a.n - b.n ||
      byNumber(a.degree, b.degree)
  )
}

/** Groups combinations into lines by increasing n; those of a line differ in n, degree and repeat only. */
export function seriesOf(combinations: readonly Combination[]): readonly (Series & { readonly combinations: readonly Combination[] })[] {
  return [...Map.groupBy(combinations, ({ label }) => label).values()].flatMap(group => {
    const [first] = group
    return first ? [{ mode: first.mode, bits: first.bits, label: first.label, combinations: group }] : []
  })
}

/**
 * Gives the combinations for a table or figure of one size: the largest n that all series have, or without a common one
 * each series' n nearest to 50.
 */
export function headlineOf(combinations: readonly Combination[]): {
  readonly n: number | null
  readonly combinations: readonly Combination[]
} {
  const series = seriesOf(combinations)
  const common = combinations.map(({ n }) => n).filter(n => series.every(each => each.combinations.some(other => other.n === n)))
  if (common.length > 0) {
    const n = Math.max(...common)
    return { n, combinations: combinations.filter(each => each.n === n) }
  }
  const nearest = series.flatMap(each => [...each.combinations].sort((a, b) => Math.abs(a.n - 50) - Math.abs(b.n - 50)).slice(0, 1))
  return { n: null, combinations: nearest }
}
