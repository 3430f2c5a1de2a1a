// Contenders compared run by run with a reference: runs of one repeat have readings, keys, waits and missing meters in common.
import { median } from '@hushgrid/lab'
import type { EvaluatedRun } from '../record/run.ts'
import { type Pair, type Paired, pairedDifferences } from '../statistics/paired.ts'
import { type Bearer, costsBySlot, type Metric } from './run-values.ts'
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

/** CPU of a household's meter, with the device that one scheme has beside it. */
export const HOUSEHOLD_CPU: PairedMeasure = {
  key: 'house',
  title: 'CPU of a household',
  short: 'household CPU',
  unit: 'ms / reading',
  bearer: 'house',
  metric: 'cpuMs'
}

export const PAIRED_MEASURES: readonly PairedMeasure[] = [
  HOUSEHOLD_CPU,
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
  /** Runs of both that have a partner. */
  readonly runs: readonly EvaluatedRun[]
}

/** Contenders that others are compared with, the first that is there. */
const REFERENCES = ['dcnet', 'plain']

/** Gives the series that all others are compared with, at one size; undefined where there is only one. */
export function referenceOf(scene: Scene): Series | undefined {
  const { series } = headlineOf(seriesAgainst(scene, 'n'))
  if (series.length < 2) return undefined
  return REFERENCES.flatMap(name => series.filter(({ contender }) => contender === name))[0] ?? series[0]
}

/** Names what a run has in common with its partner; slots of a number have the same readings after as many that warmed up. */
function pairOf({ seed, warmUpSlots, slotSeconds, point }: EvaluatedRun): string {
  const { n, lanes, dropout, churn, delayMs, loss, drive, repeat } = point
  return JSON.stringify([seed, warmUpSlots, slotSeconds, repeat, n, lanes, dropout, churn, delayMs, loss, drive])
}

interface PairOfRuns extends Pair {
  readonly runs: readonly [EvaluatedRun, EvaluatedRun]
}

/** Pairs runs with those of a reference: medians over the slots in which both have a total. Runs without such slots are left out. */
export function pairsOf(
  runs: readonly EvaluatedRun[],
  reference: readonly EvaluatedRun[],
  { bearer, metric }: Pick<PairedMeasure, 'bearer' | 'metric'>
): readonly PairOfRuns[] {
  const partners = new Map(reference.map(run => [pairOf(run), run]))
  return runs.flatMap((run): PairOfRuns[] => {
    const partner = partners.get(pairOf(run))
    if (!partner) return []
    const [own, other] = [costsBySlot(run, bearer, metric), costsBySlot(partner, bearer, metric)]
    const shared = [...own.keys()].filter(slot => other.has(slot))
    const [value, beside] = [own, other].map(costs => median(shared.flatMap(slot => costs.get(slot) ?? [])))
    return typeof value === 'number' && typeof beside === 'number' ? [{ value, reference: beside, runs: [run, partner] }] : []
  })
}

const runsIn = ({ cells }: Series): readonly EvaluatedRun[] => cells.flatMap(({ runs }) => runs)

/** Compares all other series with the reference at one size. */
export function comparedWith(scene: Scene, reference: Series): readonly Compared[] {
  const { series } = headlineOf(seriesAgainst(scene, 'n'))
  return series
    .filter(({ label }) => label !== reference.label)
    .map(each => {
      const pairs = PAIRED_MEASURES.map(measure => ({ key: measure.key, pairs: pairsOf(runsIn(each), runsIn(reference), measure) }))
      return {
        series: each,
        n: each.cells[0]?.point.n ?? 0,
        paired: Object.fromEntries(pairs.map(({ key, pairs: own }) => [key, pairedDifferences(own)])),
        runs: pairs.flatMap(({ pairs: own }) => own.flatMap(({ runs }) => runs))
      }
    })
}
