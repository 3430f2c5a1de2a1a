// Lines of a figure and rows of a table: runs that differ in one parameter, and in their repeat.

import type { EvaluatedRun, RunPoint } from '../record/run.ts'
import { type Summary, summary } from '../statistics/interval.ts'
import { FAMILIES, type Family, KNOWN_CONTENDERS, knownContender } from './contender-facts.ts'
import type { Scene } from './scene.ts'

/** Parameters that a figure can be drawn against. */
export const PARAMETERS = ['n', 'degree', 'gamma', 'bits', 'lanes', 'dropout', 'delayMs', 'loss'] as const
export type Parameter = (typeof PARAMETERS)[number]

export const PARAMETER_TITLES: Readonly<Record<Parameter, string>> = {
  n: 'meters n',
  degree: 'mask neighbours of a meter',
  gamma: 'colluding fraction γ planned for',
  bits: 'bits of the modulus',
  lanes: 'lanes of a reading',
  dropout: 'missing meters in a slot (fraction)',
  delayMs: 'mean delay one way (ms)',
  loss: 'lost messages (fraction)'
}

/** Runs of a series at one value of the parameter: samples of the same point. */
export interface Cell {
  readonly x: number
  readonly point: RunPoint
  readonly runs: readonly EvaluatedRun[]
}

export interface Series {
  /** Name in legends and tables, which no other series of the evaluation has. */
  readonly label: string
  readonly contender: string
  readonly family: Family
  readonly bits: number | null
  /** Number of the series among those of its contender, for its mark. */
  readonly variant: number
  /** By increasing x. */
  readonly cells: readonly Cell[]
}

/** Conditions that make a run harder; a figure that is not about them shows each contender where they are least. */
const BURDENS = ['dropout', 'delayMs', 'loss'] as const

/** Parameters of which runs of two values never share a line. */
const APART = ['drive', 'bits', 'lanes', 'churn', 'gamma'] as const

type Splitter = (typeof APART)[number] | 'degree' | 'n'

const PLACES = new Map(KNOWN_CONTENDERS.map(({ name }, place) => [name, place]))

/** Place of a contender in all lists: by family, then as registered. */
function placeOf(name: string): number {
  const place = PLACES.get(name) ?? PLACES.size
  return FAMILIES.indexOf(knownContender(name).family) * 1000 + place
}

/** Leaves each contender's least burdened runs. Without churn where there are such runs. */
function calm(runs: readonly EvaluatedRun[], axis: Parameter): readonly EvaluatedRun[] {
  const byContender = Map.groupBy(runs, ({ point }) => point.contender)
  return [...byContender.values()].flatMap(own => {
    let left = own.some(({ point }) => point.churn === null) ? own.filter(({ point }) => point.churn === null) : own
    for (const burden of BURDENS) {
      if (burden === axis) continue
      const least = Math.min(...left.map(({ point }) => point[burden]))
      left = left.filter(({ point }) => point[burden] === least)
    }
    return left
  })
}

/**
 * Gives the series against a parameter, by family. Degrees share a line as long as each value of the parameter has one: a
 * degree that is planned goes with n.
 */
export function seriesAgainst(scene: Scene, axis: Parameter): readonly Series[] {
  const runs = calm(scene.runs, axis).filter(({ point }) => point[axis] !== null)
  const split = (group: readonly EvaluatedRun[], by: Splitter): readonly (readonly EvaluatedRun[])[] =>
    (by as string) === axis ? [group] : [...Map.groupBy(group, ({ point }) => String(point[by])).values()]
  const byContender = [...Map.groupBy(runs, ({ point }) => point.contender)].sort(([a], [b]) => placeOf(a) - placeOf(b))
  return byContender.flatMap(([contender, own]) => {
    let groups: readonly (readonly EvaluatedRun[])[] = [own]
    for (const by of axis === 'n' ? APART : ([...APART, 'n'] as const)) groups = groups.flatMap(group => split(group, by))
    groups = groups.flatMap(group => (hasSeveral(group, axis) ? split(group, 'degree') : [group]))
    const ordered = [...groups].sort((a, b) => byPoint(a[0], b[0]))
    return ordered.map((group, variant) => ({
      label: labelOf(contender, group, groups),
      contender,
      family: knownContender(contender).family,
      bits: group[0]?.point.bits ?? null,
      variant,
      cells: cellsOf(group, axis)
    }))
  })
}

function byPoint(a: EvaluatedRun | undefined, b: EvaluatedRun | undefined): number {
  if (!a || !b) return 0
  for (const key of ['n', 'bits', 'degree', 'lanes', 'gamma'] as const) {
    const by = (a.point[key] ?? 0) - (b.point[key] ?? 0)
    if (by !== 0) return by
  }
  return a.point.drive.localeCompare(b.point.drive)
}

/** Tells whether a value of the axis has runs of several degrees. */
function hasSeveral(runs: readonly EvaluatedRun[], axis: Parameter): boolean {
  if (axis === 'degree') return false
  const byX = Map.groupBy(runs, ({ point }) => point[axis])
  return [...byX.values()].some(at => new Set(at.map(({ point }) => point.degree)).size > 1)
}

const LABEL_PARTS: readonly (readonly [key: Splitter, text: (value: unknown) => string])[] = [
  ['bits', value => ` ${value}`],
  ['drive', value => (value === 'live' ? ' live' : '')],
  ['n', value => `, n = ${value}`],
  ['degree', value => `, d = ${value}`],
  ['lanes', value => `, ${value} lanes`],
  ['gamma', value => `, γ = ${value}`],
  ['churn', value => (value === null ? '' : `, ${value}`)]
]

/** Names a series by its contender and by what sets it apart from the contender's other series. */
function labelOf(contender: string, group: readonly EvaluatedRun[], groups: readonly (readonly EvaluatedRun[])[]): string {
  const valuesOf = (runs: readonly EvaluatedRun[], key: Splitter): string =>
    [...new Set(runs.map(({ point }) => String(point[key])))].sort().join()
  const apart = LABEL_PARTS.filter(([key]) => {
    const own = new Set(group.map(({ point }) => point[key]))
    return own.size === 1 && groups.some(other => valuesOf(other, key) !== valuesOf(group, key))
  })
  return `${contender}${apart.map(([key, text]) => text(group[0]?.point[key])).join('')}`
}

function cellsOf(runs: readonly EvaluatedRun[], axis: Parameter): readonly Cell[] {
  const byX = Map.groupBy(runs, ({ point }) => point[axis] as number)
  return [...byX]
    .sort(([a], [b]) => a - b)
    .flatMap(([x, at]) => {
      const [first] = at
      return first ? [{ x, point: first.point, runs: at }] : []
    })
}

/** Gives the parameter with several values in some series, the preferred one first; null where a series has one point only. */
export function axisOf(scene: Scene, preferred: readonly Parameter[]): Parameter | null {
  const order = [...preferred, ...PARAMETERS.filter(each => !preferred.includes(each))]
  return order.find(axis => seriesAgainst(scene, axis).some(({ cells }) => cells.length > 1)) ?? null
}

/** Size that tables of one size prefer, where all have it. */
const PREFERRED_SIZE = 50

/**
 * Gives each contender's cells at one size: 50 where all have it, else the largest that all have, else each one's own nearest to
 * 50.
 */
export function headlineOf(series: readonly Series[]): { readonly n: number | null; readonly series: readonly Series[] } {
  const sizes = [...new Set(series.flatMap(({ cells }) => cells.map(({ point }) => point.n)))]
  const common = sizes.filter(n => series.every(({ cells }) => cells.some(({ point }) => point.n === n)))
  const n = common.includes(PREFERRED_SIZE) ? PREFERRED_SIZE : common.length > 0 ? Math.max(...common) : null
  const nearest = (cells: readonly Cell[]): readonly Cell[] =>
    [...cells].sort((a, b) => Math.abs(a.point.n - PREFERRED_SIZE) - Math.abs(b.point.n - PREFERRED_SIZE)).slice(0, 1)
  return {
    n,
    series: series.map(each => ({ ...each, cells: n === null ? nearest(each.cells) : each.cells.filter(({ point }) => point.n === n) }))
  }
}

/**
 * Gives the series against another parameter than n, at the one size at which most of them have several points; of several such
 * sizes at 50, else at the largest.
 */
export function seriesAtOneSize(scene: Scene, axis: Parameter): readonly Series[] {
  const at = (n: number): readonly Series[] => seriesAgainst({ ...scene, runs: scene.runs.filter(({ point }) => point.n === n) }, axis)
  const sizes = [...new Set(scene.runs.map(({ point }) => point.n))].map(n => {
    const series = at(n)
    return { n, series, several: series.filter(({ cells }) => cells.length > 1).length }
  })
  const most = Math.max(0, ...sizes.map(({ several }) => several))
  const best = sizes.filter(({ several }) => several === most).sort((a, b) => b.n - a.n)
  return (best.find(({ n }) => n === PREFERRED_SIZE) ?? best[0])?.series ?? []
}

/** Summarises the runs of a cell, one value each; null where no run has the value. */
export function summaryOf(scene: Scene, { runs }: Cell, valueIn: (run: EvaluatedRun) => number | null): Summary | null {
  return summary(
    runs.flatMap(run => valueIn(run) ?? []),
    scene.leastRuns
  )
}
