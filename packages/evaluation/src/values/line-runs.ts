// Which runs of a contender make a line: an evaluation varies one parameter after another around some usual point, and a line
// must not jump between these sweeps.
import { CONTENDERS } from '@hushgrid/lab'
import { DEFAULT_FRACTION, type RecoveryMode, solveDegree } from '@hushgrid/topology'
import type { EvaluatedRun, RunPoint } from '../record/run.ts'
import type { Parameter } from './parameters.ts'

type Runs = readonly EvaluatedRun[]

/** Conditions that make a run harder; a figure that is not about them shows a contender where they are least. */
const BURDENS = ['dropout', 'delayMs', 'loss'] as const
/** Parameters of which runs of two values are two lines, each of its own worth. */
const SHAPES = ['lanes', 'churn', 'gamma'] as const
const KINDS = ['drive', 'bits'] as const

const keyOf = (point: RunPoint, keys: readonly (keyof RunPoint)[]): string => JSON.stringify(keys.map(key => point[key]))

/** Number of values of the parameter that some runs have. */
const reachOf = (runs: Runs, axis: Parameter): number => new Set(runs.map(({ point }) => point[axis])).size

/**
 * Gives the lines of one contender against a parameter. Drives and lengths of keys have a line each. Of runs that differ
 * otherwise those make lines that cover several values of the parameter, where their burdens are least; where none does, the
 * usual runs stay, as a point.
 */
export function linesOf(own: Runs, axis: Parameter): readonly Runs[] {
  const keys = [...KINDS, ...SHAPES, ...BURDENS, ...(axis === 'n' ? [] : (['n'] as const))].filter(key => key !== axis)
  const groups = [...Map.groupBy(own, ({ point }) => keyOf(point, keys)).values()].flatMap(group => withOneDegree(group, axis))
  const kinds = KINDS.filter(key => (key as string) !== axis)
  return [...Map.groupBy(groups, ([first]) => (first ? keyOf(first.point, kinds) : '')).values()].flatMap(alike => {
    const long = alike.filter(group => reachOf(group, axis) > 1)
    if (long.length === 0) return alike.toSorted(byUse).slice(0, 1)
    const shapes = [...SHAPES, 'degree', 'n'].filter(
      key => key !== axis && !(key === 'degree' && long.every(hasChange))
    ) as (keyof RunPoint)[]
    const bySame = Map.groupBy(long, group => shapeKey(group, shapes))
    return [...bySame.values()].flatMap(same => same.toSorted((a, b) => reachOf(b, axis) - reachOf(a, axis) || byBurden(a, b)).slice(0, 1))
  })
}

/** Tells whether the degree changes along a line, as a planned one does with n. */
const hasChange = (group: Runs): boolean => new Set(group.map(({ point }) => point.degree)).size > 1

function shapeKey(group: Runs, keys: readonly (keyof RunPoint)[]): string {
  const [first] = group
  const fixed = keys.filter(key => new Set(group.map(({ point }) => point[key])).size === 1)
  return first ? keyOf(first.point, fixed) : ''
}

/** Orders by burdens, the least first. */
function byBurden([a]: Runs, [b]: Runs): number {
  for (const key of BURDENS) {
    const by = (a?.point[key] ?? 0) - (b?.point[key] ?? 0)
    if (by !== 0) return by
  }
  return 0
}

/** Orders by what is usual: no churn, most runs, least burdens, most lanes. */
function byUse(a: Runs, b: Runs): number {
  const calm = ([first]: Runs): number => (first?.point.churn === null ? 0 : 1)
  return calm(a) - calm(b) || b.length - a.length || byBurden(a, b) || (b[0]?.point.lanes ?? 0) - (a[0]?.point.lanes ?? 0)
}

/**
 * Splits runs so that a line has one degree at each value of the parameter: the one that is planned, which goes with n, where
 * it is among them; else those that stay the same along the line.
 */
function withOneDegree(group: Runs, axis: Parameter): readonly Runs[] {
  if (axis === 'degree') return [group]
  const byX = Map.groupBy(group, ({ point }) => point[axis])
  if ([...byX.values()].every(at => new Set(at.map(({ point }) => point.degree)).size === 1)) return [group]
  const planned = group.filter(({ point }) => point.degree === plannedDegree(point))
  if (planned.length > 0) return [planned]
  return [...Map.groupBy(group, ({ point }) => point.degree).values()]
}

/** Gives the degree that a network of this size gets where nobody says one; null where there are no masks, or no degree does. */
function plannedDegree({ contender, n, gamma, dropout }: RunPoint): number | null {
  if (gamma === null) return null
  const recovery: RecoveryMode = CONTENDERS.find(({ facts }) => facts.name === contender)?.facts.recoveries?.[0] ?? 'edge-release'
  const solution = solveDegree({ members: n, collusion: gamma, dropout: Math.max(DEFAULT_FRACTION, dropout), recovery })
  return solution.found ? solution.assessment.degree : null
}
