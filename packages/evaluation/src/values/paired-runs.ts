// Contenders compared run by run with a reference: runs of one repeat have readings, keys, waits and missing meters in common.

import type { EvaluatedRun } from '../record/run.ts'
import { type Paired, pairedDifferences, type Sample } from '../statistics/paired.ts'
import { type Bearer, type Metric, perReading } from './run-values.ts'
import type { Scene } from './scene.ts'
import { headlineOf, type Series, seriesAgainst } from './series.ts'

export interface PairedMeasure {
  readonly key: string
  readonly title: string
  /** Title for an axis, where there is little room. */
  readonly short: string
  readonly unit: string
  readonly bearer: Bearer
  readonly metric: Metric
}

export const PAIRED_MEASURES: readonly PairedMeasure[] = [
  { key: 'meter', title: 'CPU of a meter', short: 'meter CPU', unit: 'ms / reading', bearer: 'meter', metric: 'cpuMs' },
  {
    key: 'collecting',
    title: 'CPU of the collecting side',
    short: 'collecting CPU',
    unit: 'ms / reading',
    bearer: 'collecting',
    metric: 'cpuMs'
  },
  { key: 'bytes', title: 'bytes sent by all', short: 'bytes', unit: 'B / reading', bearer: 'all', metric: 'sentBytes' }
]

/** A contender beside the reference. */
export interface Compared {
  readonly series: Series
  readonly n: number
  readonly paired: Readonly<Record<string, Paired | null>>
}

/** Contenders that others are compared with, the first that is there. */
const REFERENCES = ['dcnet', 'plain']

/** Gives the series that all others are compared with, at one size; undefined where there is only one. */
export function referenceOf(scene: Scene): Series | undefined {
  const { series } = headlineOf(seriesAgainst(scene, 'n'))
  if (series.length < 2) return undefined
  return REFERENCES.flatMap(name => series.filter(({ contender }) => contender === name))[0] ?? series[0]
}

/** Names what a run has in common with its partner. */
function pairOf({ seed, point }: EvaluatedRun): string {
  const { n, lanes, dropout, churn, delayMs, loss, drive, repeat } = point
  return JSON.stringify([seed, repeat, n, lanes, dropout, churn, delayMs, loss, drive])
}

/** Compares all other series with the reference at one size. */
export function comparedWith(scene: Scene, reference: Series): readonly Compared[] {
  const { series } = headlineOf(seriesAgainst(scene, 'n'))
  const samples = ({ cells }: Series, { bearer, metric }: PairedMeasure): Sample[] =>
    cells
      .flatMap(({ runs }) => runs)
      .flatMap(run => {
        const value = perReading(run, bearer, metric)
        return value === null ? [] : [{ pair: pairOf(run), value }]
      })
  return series
    .filter(({ label }) => label !== reference.label)
    .map(each => ({
      series: each,
      n: each.cells[0]?.point.n ?? 0,
      paired: Object.fromEntries(
        PAIRED_MEASURES.map(measure => [
          measure.key,
          pairedDifferences(samples(each, measure), samples(reference, measure), scene.leastRuns)
        ])
      )
    }))
}
