// Lines of a figure and rows of a table: runs that differ in one parameter, and in their repeat.

import type { EvaluatedRun, RunPoint } from '../record/run.ts'
import { type Summary, summary } from '../statistics/interval.ts'
import { FAMILIES, type Family, KNOWN_CONTENDERS, knownContender } from './contender-facts.ts'
import { linesOf } from './line-runs.ts'
import { PARAMETERS, type Parameter } from './parameters.ts'
import type { Scene } from './scene.ts'

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

type Splitter = (typeof LABEL_KEYS)[number]

const PLACES = new Map(KNOWN_CONTENDERS.map(({ name }, place) => [name, place]))

/** Place of a contender in all lists: by family, then as registered. */
function placeOf(name: string): number {
  const place = PLACES.get(name) ?? PLACES.size
  return FAMILIES.indexOf(knownContender(name).family) * 1000 + place
}

/** Gives the series against a parameter, by family. */
export function seriesAgainst(scene: Scene, axis: Parameter): readonly Series[] {
  const runs = scene.runs.filter(({ point }) => point[axis] !== null)
  const byContender = [...Map.groupBy(runs, ({ point }) => point.contender)].sort(([a], [b]) => placeOf(a) - placeOf(b))
  return byContender.flatMap(([contender, own]) => {
    const lines = [...linesOf(own, axis)].sort((a, b) => byPoint(a[0], b[0]))
    return lines.map((runsOfLine, variant) => ({
      label: labelOf(contender, runsOfLine, lines),
      contender,
      family: knownContender(contender).family,
      bits: runsOfLine[0]?.point.bits ?? null,
      variant,
      cells: cellsOf(runsOfLine, axis)
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

const LABEL_KEYS = ['bits', 'drive', 'n', 'degree', 'lanes', 'gamma', 'churn', 'dropout', 'delayMs', 'loss'] as const
const LABEL_PARTS: readonly (readonly [key: Splitter, text: (value: unknown) => string])[] = [
  ['bits', value => ` ${value}`],
  ['drive', value => (value === 'live' ? ' live' : '')],
  ['n', value => `, n = ${value}`],
  ['degree', value => `, d = ${value}`],
  ['lanes', value => `, ${value} ${value === 1 ? 'lane' : 'lanes'}`],
  ['gamma', value => `, γ = ${value}`],
  ['churn', value => (value === null ? '' : `, ${value}`)],
  ['dropout', value => `, ${value} missing`],
  ['delayMs', value => `, ${value} ms`],
  ['loss', value => `, ${value} lost`]
]

/** Names a series by its contender and by as little as sets it apart from the contender's other series. */
function labelOf(contender: string, group: readonly EvaluatedRun[], groups: readonly (readonly EvaluatedRun[])[]): string {
  const valuesIn = (runs: readonly EvaluatedRun[], key: Splitter): string =>
    [...new Set(runs.map(({ point }) => String(point[key])))].sort().join()
  let alike = groups.filter(other => other !== group)
  let label = contender
  for (const [key, text] of LABEL_PARTS) {
    const own = valuesIn(group, key)
    const left = alike.filter(other => valuesIn(other, key) === own)
    if (left.length < alike.length && new Set(group.map(({ point }) => point[key])).size === 1) {
      label += text(group[0]?.point[key])
      alike = left
    }
  }
  return label
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

/** Size that tables of one size prefer. */
const PREFERRED_SIZE = 50

/**
 * Gives the series at one size: that which most contenders have, of several such sizes 50, else the largest. A contender that
 * was not measured there has its cells at its size nearest to that.
 *
 * @returns `size` that was chosen, and `n`: the same, or null where some stand at another size
 */
export function headlineOf(series: readonly Series[]): {
  readonly n: number | null
  readonly size: number
  readonly series: readonly Series[]
} {
  const sizesOf = ({ cells }: Series): readonly number[] => cells.map(({ point }) => point.n)
  const counts = [...new Set(series.flatMap(sizesOf))].map(n => ({
    n,
    contenders: new Set(series.filter(each => sizesOf(each).includes(n)).map(({ contender }) => contender)).size
  }))
  const most = Math.max(0, ...counts.map(({ contenders }) => contenders))
  const best = counts.filter(({ contenders }) => contenders === most).sort((a, b) => b.n - a.n)
  const { n } = best.find(each => each.n === PREFERRED_SIZE) ?? best[0] ?? { n: PREFERRED_SIZE }
  const there = new Set(series.filter(each => sizesOf(each).includes(n)).map(({ contender }) => contender))
  const chosen = series.flatMap(each => {
    const at = each.cells.filter(({ point }) => point.n === n)
    if (at.length > 0) return [{ ...each, cells: at }]
    if (there.has(each.contender)) return []
    const [nearest] = sizesOf(each).toSorted((a, b) => Math.abs(a - n) - Math.abs(b - n))
    return [{ ...each, cells: each.cells.filter(({ point }) => point.n === nearest) }]
  })
  return { n: chosen.every(each => sizesOf(each).includes(n)) ? n : null, size: n, series: chosen }
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
export function summaryOf({ runs }: Cell, valueIn: (run: EvaluatedRun) => number | null): Summary | null {
  return summary(runs.flatMap(run => valueIn(run) ?? []))
}
