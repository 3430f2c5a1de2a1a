// The five findings at the top of the report: computed from the runs, each with its interval, and no stronger than that.

import { exponentText, LEAST_SIZES, numberText } from '@hushgrid/comparison/report'
import { LEAST_RUNS } from '../file/defaults.ts'
import type { EvaluatedRun } from '../record/run.ts'
import type { Summary } from '../statistics/interval.ts'
import { pairedDifferences } from '../statistics/paired.ts'
import { type Shares, sharesOf } from '../statistics/proportion.ts'
import { summaryText } from '../tables/table.ts'
import { grownWith, LEAST_AT_SIZE } from '../values/grown.ts'
import { HOUSEHOLD_CPU, pairsOf } from '../values/paired-runs.ts'
import { type Bearer, latencyOf, lossesOf, type Metric, perReading } from '../values/run-values.ts'
import { oneDrive, type Scene } from '../values/scene.ts'
import { headlineOf, type Series, seriesAgainst, seriesAtOneSize, summaryOf } from '../values/series.ts'

export interface Finding {
  readonly title: string
  /** Sentences; where the runs do not carry a finding they say why. */
  readonly text: string
}

/** Gives the five findings, in the order of the report: all of them from runs in virtual time, where there are any. */
export function findingsOf(all: Scene): readonly Finding[] {
  const scene = oneDrive(all)
  const { bearer, metric } = HOUSEHOLD_CPU
  return [
    { title: 'Computation', text: extremesText(scene, { bearer, metric, does: 'computes', unit: 'ms', who: 'A household' }) },
    {
      title: 'Bytes',
      text: extremesText(scene, { bearer: 'all', metric: 'sentBytes', does: 'send', unit: 'B', who: 'All parties together' })
    },
    { title: 'Growth', text: growthText(scene) },
    { title: 'Missing meters', text: lossText(scene) },
    { title: 'Latency', text: latencyText(scene) }
  ]
}

interface Cost {
  readonly bearer: Bearer
  readonly metric: Metric
  readonly who: string
  readonly does: string
  readonly unit: string
}

interface Ranked {
  readonly series: Series
  readonly summary: Summary
  readonly runs: readonly EvaluatedRun[]
}

/** Ranks the contenders that protect readings by a value, from the least. */
function ranked(series: readonly Series[], valueIn: Parameters<typeof summaryOf>[1]): readonly Ranked[] {
  return series
    .filter(({ family }) => family !== 'none')
    .flatMap((each): Ranked[] => {
      const [point] = each.cells
      const summary = point && summaryOf(point, valueIn)
      return point && summary ? [{ series: each, summary, runs: point.runs }] : []
    })
    .sort((a, b) => a.summary.median - b.summary.median)
}

const NO_RIVALS = 'Not said: it takes two contenders that protect readings, measured at one size.'

function extremesText(scene: Scene, { who, does, unit, ...cost }: Cost): string {
  const { n, series } = headlineOf(seriesAgainst(scene, 'n'))
  const order = ranked(series, run => perReading(run, cost.bearer, cost.metric))
  const [least, second] = order
  const most = order.at(-1)
  if (n === null || !least || !second || !most) return NO_RIVALS
  const value = ({ summary }: Ranked): string => `${summaryText(summary)} ${unit}`
  const ratio = pairedDifferences(pairsOf(most.runs, least.runs, cost))?.ratio ?? null
  const times = ratio === null || ratio.count < 2 ? '' : `, ${summaryText(ratio)} times as much in the same repeats`
  const live = scene.runs.some(({ point }) => point.drive === 'live') ? ', live nodes' : ''
  return `${who} ${does} ${value(least)} for a reading with ${least.series.label}, the least of the ${order.length} measured here that protect readings, and ${value(most)} with ${most.series.label}, the most${times} (n = ${n}${live}, ${runsText([least, most])}).${orderText(order, least, cost)}`
}

/** Says from whom the least cannot be told; where pairs are too few for an interval no order is claimed. */
function orderText(order: readonly Ranked[], least: Ranked, cost: Pick<Cost, 'bearer' | 'metric'>): string {
  const rivals = order
    .filter(each => each !== least)
    .map(({ series, runs }) => ({ label: series.label, difference: pairedDifferences(pairsOf(runs, least.runs, cost))?.difference }))
  const scarce = rivals.filter(({ difference }) => difference?.kind !== 'interval').map(({ label }) => label)
  if (scarce.length === rivals.length) return ' No order is claimed beyond these runs.'
  const alike = rivals.filter(({ difference }) => difference?.kind === 'interval' && difference.low <= 0).map(({ label }) => label)
  return [
    alike.length === 0 ? '' : ` From these runs ${least.series.label} cannot be told from ${namesOf(alike)}.`,
    scarce.length === 0
      ? ''
      : ` Of ${namesOf(scarce)} nothing is claimed beyond these runs, since there are fewer than ${LEAST_RUNS} pairs.`
  ].join('')
}

/** Says how many runs there are of each, and what their bounds are. */
function runsText(of: readonly Ranked[]): string {
  const counts = [...new Set(of.map(({ summary }) => summary.count))]
  if (counts.length > 1) return `${counts.join(' and ')} runs; in square brackets a range, of too few for an interval`
  const [count] = counts
  if (count === 1) return 'one run each: no claim beyond it'
  return of[0]?.summary.kind === 'interval' ? `${count} runs each, 95 % intervals` : `${count} runs each, ranges: too few for an interval`
}

/** Most contenders that a sentence names. */
const MOST_NAMED = 6

function namesOf(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED
  const shown = names.slice(0, MOST_NAMED)
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** Exponent from which on a cost is said to grow about in proportion to n. */
const PROPORTIONAL = 0.75
/** Exponent up to which a cost is said to stay about level. */
const LEVEL = 0.25

function growthText(scene: Scene): string {
  const fitted = grownWith(scene).flatMap(({ label, measure, growth }) =>
    growth.kind === 'fitted' && measure === HOUSEHOLD_CPU.title ? [{ label, growth }] : []
  )
  if (fitted.length === 0) return `Not said: an exponent takes ${LEAST_SIZES} sizes, and ${LEAST_AT_SIZE} runs at each of them.`
  const sizes = [...new Set(fitted.flatMap(({ growth }) => growth.sizes))].sort((a, b) => a - b)
  const steep = fitted.filter(({ growth }) => growth.exponent.low > PROPORTIONAL)
  const level = fitted.filter(({ growth }) => growth.exponent.high < LEVEL)
  const texts = steep.map(({ label, growth }) => `${label} ${exponentText(growth.exponent)}`)
  const rest = fitted.length - steep.length - level.length
  return [
    `From n = ${sizes[0]} to ${sizes.at(-1)}, the exponent with which a household’s computation for a reading grows`,
    steep.length === 0
      ? ` lies above ${PROPORTIONAL} with its whole interval for none of ${fitted.length} contenders`
      : ` lies above ${PROPORTIONAL} with its whole interval for ${namesOf(texts)}`,
    level.length === 0 ? '' : `, and below ${LEVEL} for ${namesOf(level.map(({ label }) => label))}`,
    rest === 0 ? '.' : `; for ${rest} it lies between or is uncertain.`,
    ' Larger sizes were not measured.'
  ].join('')
}

function lossText(scene: Scene): string {
  const series = seriesAtOneSize(scene, 'dropout')
  const dropouts = [...new Set(series.flatMap(({ cells }) => cells.map(({ x }) => x)))].filter(dropout => dropout > 0)
  if (dropouts.length === 0) return 'Not said: no run had meters missing.'
  const dropout = dropouts.includes(0.1) ? 0.1 : Math.max(...dropouts)
  const found = series.flatMap(({ label, cells }) => {
    const runs = cells.filter(({ x }) => x === dropout).flatMap(cell => cell.runs)
    const shares = sharesOf(runs.map(run => lossesOf(run, 'lost')))
    return shares ? [{ label, n: cells[0]?.point.n, shares }] : []
  })
  const none = found.filter(({ shares }) => shares.hits === 0)
  const most = found.filter(({ shares }) => shares.share.low >= 0.5)
  const others = found.length - none.length - most.length
  return [
    `With ${percent(dropout)} of the meters missing in each slot (n = ${found[0]?.n}), `,
    none.length === 0
      ? 'every contender lost slots'
      : `no slot was lost in these runs with ${namesOf(none.map(({ label }) => label))}${limitText(none)}`,
    most.length === 0 ? '' : `; ${floorText(most)}`,
    others === 0 ? '.' : `; ${others} ${others === 1 ? 'lies' : 'lie'} between.`
  ].join('')
}

interface Loss {
  readonly label: string
  readonly shares: Shares
}

/** Says how many runs may lose slots although none of these did. */
function limitText(none: readonly Loss[]): string {
  const bounds = none.flatMap(({ shares }) => shares.anyInRun?.high ?? [])
  if (bounds.length < none.length) return ' (too few runs for an interval)'
  return ` (so few runs still allow that up to ${percent(Math.max(...bounds))} of all runs lose one; 95 % interval)`
}

/** Says what contenders that lose most slots lose at least; ranges are no bounds of a median. */
function floorText(most: readonly Loss[]): string {
  const floor = percent(Math.min(...most.map(({ shares }) => shares.share.low)))
  const scarce = most.filter(({ shares }) => shares.share.kind !== 'interval')
  const names = namesOf(most.map(({ label }) => label))
  if (scarce.length === 0) return `at least ${floor} of a run's slots were lost with ${names}, by the lower bounds of their medians`
  const whose = scarce.length === most.length ? '' : ` with ${namesOf(scarce.map(({ label }) => label))}`
  return `at least ${floor} of a run's slots were lost with ${names} (too few runs for an interval${whose})`
}

const percent = (share: number): string => `${numberText(Math.round(1000 * share) / 10)} %`

function latencyText(scene: Scene): string {
  const { n, series } = headlineOf(seriesAgainst(scene, 'n'))
  const order = ranked(series, run => latencyOf(run, 'sinceEndMs'))
  const [least] = order
  const most = order.at(-1)
  const points = series.flatMap(({ cells }) => cells.map(({ point }) => point))
  const delays = [...new Set(points.map(({ delayMs }) => delayMs))]
  if (n === null || !least || !most || least === most || delays.length !== 1 || points.some(({ drive }) => drive === 'live'))
    return 'Not said: it takes two contenders in virtual time, at one size under one delay.'
  return `Under a mean delay of ${numberText(delays[0] ?? 0)} ms one way, a total is there ${summaryText(least.summary)} protocol ms after the slot's end with ${least.series.label}, the soonest of ${order.length}, and ${summaryText(most.summary)} with ${most.series.label}, the latest (n = ${n}, ${runsText([least, most])}). Computation takes no time in virtual time.`
}
