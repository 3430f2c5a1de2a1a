// The five findings at the top of the report: computed from the runs, each with its interval, and no stronger than that.

import { exponentText, numberText } from '@hushgrid/comparison/report'
import type { Summary } from '../statistics/interval.ts'
import { pairedDifferences, type Sample } from '../statistics/paired.ts'
import { sharesOf } from '../statistics/proportion.ts'
import { summaryText } from '../tables/table.ts'
import { grownWith } from '../values/grown.ts'
import { type Bearer, latencyOf, lossesOf, type Metric, perReading } from '../values/run-values.ts'
import type { Scene } from '../values/scene.ts'
import { headlineOf, type Series, seriesAgainst, seriesAtOneSize, summaryOf } from '../values/series.ts'

export interface Finding {
  readonly title: string
  /** Sentences; where the runs do not carry a finding they say why. */
  readonly text: string
}

/** Gives the five findings, in the order of the report. */
export function findingsOf(scene: Scene): readonly Finding[] {
  return [
    { title: 'Computation', text: extremesText(scene, { bearer: 'meter', metric: 'cpuMs', does: 'computes', unit: 'ms', who: 'A meter' }) },
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
  readonly samples: readonly Sample[]
}

/** Ranks the contenders that protect readings by a value, from the least. */
function ranked(scene: Scene, series: readonly Series[], valueIn: Parameters<typeof summaryOf>[2]): readonly Ranked[] {
  return series
    .filter(({ family }) => family !== 'none')
    .flatMap((each): Ranked[] => {
      const [point] = each.cells
      const summary = point && summaryOf(scene, point, valueIn)
      if (!point || !summary) return []
      const samples = point.runs.flatMap(run => {
        const value = valueIn(run)
        return value === null ? [] : [{ pair: `${run.seed} ${run.point.n} ${run.point.repeat}`, value }]
      })
      return [{ series: each, summary, samples }]
    })
    .sort((a, b) => a.summary.median - b.summary.median)
}

const NO_RIVALS = 'Not said: it takes two contenders that protect readings, measured at one size.'

function extremesText(scene: Scene, { bearer, metric, who, does, unit }: Cost): string {
  const { n, series } = headlineOf(seriesAgainst(scene, 'n'))
  const order = ranked(scene, series, run => perReading(run, bearer, metric))
  const [least, second] = order
  const most = order.at(-1)
  if (n === null || !least || !second || !most) return NO_RIVALS
  const value = ({ summary }: Ranked): string => `${summaryText(summary)} ${unit}`
  const ratio = pairedDifferences(most.samples, least.samples, scene.leastRuns)?.ratio ?? null
  const times = ratio === null || ratio.count < 2 ? '' : `, ${summaryText(ratio)} times as much in the same repeats`
  const close = orderText(order, least, scene.leastRuns)
  return `${who} ${does} ${value(least)} for a reading with ${least.series.label}, the least of the ${order.length} measured here that protect readings, and ${value(most)} with ${most.series.label}, the most${times} (n = ${n}, ${runsText(least.summary)}).${close}`
}

/** Says from whom the least cannot be told; from too few runs no order is claimed at all. */
function orderText(order: readonly Ranked[], least: Ranked, leastRuns: number): string {
  if (order.some(({ summary }) => summary.kind !== 'interval')) return ' No order is claimed beyond these runs.'
  const alike = order.filter(each => each !== least && !isAbove(each, least, leastRuns)).map(({ series }) => series.label)
  return alike.length === 0 ? '' : ` From these runs ${least.series.label} cannot be told from ${namesOf(alike)}.`
}

/** Tells whether a contender's cost is above another's by the paired interval; fewer runs than that takes tell nothing. */
function isAbove(each: Ranked, other: Ranked, leastRuns: number): boolean {
  const paired = pairedDifferences(each.samples, other.samples, leastRuns)
  return paired?.difference.kind === 'interval' && paired.difference.low > 0
}

const runsText = ({ count, kind }: Summary): string =>
  kind === 'interval'
    ? `${count} runs each, 95 % intervals`
    : kind === 'range'
      ? `${count} runs each, ranges: too few for an interval`
      : 'one run each: no claim beyond it'

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
    growth.kind === 'fitted' && measure === 'CPU of a meter' ? [{ label, growth }] : []
  )
  if (fitted.length === 0) return 'Not said: an exponent takes three sizes, and more than one run at some of them.'
  const sizes = [...new Set(fitted.flatMap(({ growth }) => growth.sizes))].sort((a, b) => a - b)
  const steep = fitted.filter(({ growth }) => growth.exponent.low > PROPORTIONAL)
  const level = fitted.filter(({ growth }) => growth.exponent.high < LEVEL)
  const texts = steep.map(({ label, growth }) => `${label} ${exponentText(growth.exponent)}`)
  const rest = fitted.length - steep.length - level.length
  return [
    `From n = ${sizes[0]} to ${sizes.at(-1)}, the exponent with which a reading's computation on a meter grows`,
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
    const shares = sharesOf(
      runs.map(run => lossesOf(run, 'lost')),
      scene.leastRuns
    )
    return shares ? [{ label, n: cells[0]?.point.n, shares }] : []
  })
  const none = found.filter(({ shares }) => shares.hits === 0)
  const most = found.filter(({ shares }) => shares.share.low >= 0.5)
  const others = found.length - none.length - most.length
  const bounds = none.flatMap(({ shares }) => shares.anyInRun?.high ?? [])
  const limit =
    bounds.length === none.length && bounds.length > 0
      ? ` (so few runs still allow that up to ${percent(Math.max(...bounds))} of all runs lose one; 95 % interval)`
      : ' (too few runs for an interval)'
  const floor = Math.min(...most.map(({ shares }) => shares.share.low))
  return [
    `With ${percent(dropout)} of the meters missing in each slot (n = ${found[0]?.n}), `,
    none.length === 0
      ? 'every contender lost slots'
      : `no slot was lost in these runs with ${namesOf(none.map(({ label }) => label))}${limit}`,
    most.length === 0
      ? ''
      : `; at least ${percent(floor)} of a run's slots were lost with ${namesOf(most.map(({ label }) => label))}, by the lower bounds of their medians`,
    others === 0 ? '.' : `; ${others} ${others === 1 ? 'lies' : 'lie'} between.`
  ].join('')
}

const percent = (share: number): string => `${numberText(Math.round(1000 * share) / 10)} %`

function latencyText(scene: Scene): string {
  const simulated = { ...scene, runs: scene.runs.filter(({ point }) => point.drive === 'simulated') }
  const { n, series } = headlineOf(seriesAgainst(simulated, 'n'))
  const order = ranked(simulated, series, run => latencyOf(run, 'sinceEndMs'))
  const [least] = order
  const most = order.at(-1)
  const delays = [...new Set(series.flatMap(({ cells }) => cells.map(({ point }) => point.delayMs)))]
  if (n === null || !least || !most || least === most || delays.length !== 1)
    return 'Not said: it takes two contenders in virtual time, at one size under one delay.'
  return `Under a mean delay of ${numberText(delays[0] ?? 0)} ms one way, a total is there ${summaryText(least.summary)} protocol ms after the slot's end with ${least.series.label}, the soonest of ${order.length}, and ${summaryText(most.summary)} with ${most.series.label}, the latest (n = ${n}, ${runsText(least.summary)}). Computation takes no time in virtual time.`
}
