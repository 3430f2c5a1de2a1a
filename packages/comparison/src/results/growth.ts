// Growth of costs with the number of meters: a power law fitted on logarithmic scales.

import { spread } from '@hushgrid/lab'
import { InvalidArgumentError } from '@hushgrid/primitives'
import jstat from 'jstat'
import { linearRegression, linearRegressionLine, mean } from 'simple-statistics'
import { type CostMetric, costsPerReading } from './costs.ts'
import { type Bearer, type Combination, rolesIn, seriesOf } from './series.ts'

/** Least number of sizes for a fit, since two points always lie on a line. */
export const LEAST_SIZES = 3
const CONFIDENCE = 0.95

/** An estimate with its 95 % interval. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** A run's cost at its size. */
export interface GrowthPoint {
  readonly n: number
  readonly cost: number
}

interface FittedGrowth {
  readonly kind: 'fitted'
  /** Exponent b of cost = a · n^b. */
  readonly exponent: Estimate
  /** Share of the logarithms' variance that the line explains; NaN where they do not vary. */
  readonly rSquared: number
  readonly sizes: readonly number[]
  readonly points: number
  /** Gives the fitted cost at a size, with the interval of its mean. Outside `sizes` it is an extrapolation in n. */
  readonly at: (n: number) => Estimate
}

/** Growth without an exponent, and the reason. */
interface UnfittedGrowth {
  readonly kind: 'unfitted'
  readonly reason: string
  readonly sizes: readonly number[]
  readonly points: number
}

export type Growth = FittedGrowth | UnfittedGrowth

/**
 * Fits ordinary least squares of log cost on log n. Each point is one run: the slots of a run share a process, and taking
 * them for independent points would make the interval too narrow. The interval is Student's t with two degrees of freedom
 * fewer than points (Draper and Smith 1998, Applied Regression Analysis, sections 1.4 and 3.1).
 */
export function fitGrowth(points: readonly GrowthPoint[]): Growth {
  for (const { n, cost } of points) {
    if (!(n > 0 && Number.isFinite(cost))) throw new InvalidArgumentError('points', 'n above zero and finite costs', `${cost} at n = ${n}`)
  }
  const sizes = [...new Set(points.map(({ n }) => n))].sort((a, b) => a - b)
  const unfitted = (reason: string): UnfittedGrowth => ({ kind: 'unfitted', reason, sizes, points: points.length })
  if (sizes.length < LEAST_SIZES) return unfitted(`too few sizes: ${sizes.length}, ${LEAST_SIZES} are needed`)
  const zeros = points.filter(({ cost }) => cost <= 0).length
  if (zeros > 0) return unfitted(`${zeros} of ${points.length} runs cost nothing that could be measured`)

  const logs = points.map(({ n, cost }) => [Math.log(n), Math.log(cost)] as [number, number])
  const { m: slope, b: intercept } = linearRegression(logs)
  const line = linearRegressionLine({ m: slope, b: intercept })
  const centre = mean(logs.map(([x]) => x))
  const middle = mean(logs.map(([, y]) => y))
  const xSquares = logs.reduce((sum, [x]) => sum + (x - centre) ** 2, 0)
  const ySquares = logs.reduce((sum, [, y]) => sum + (y - middle) ** 2, 0)
  const residuals = logs.reduce((sum, [x, y]) => sum + (y - line(x)) ** 2, 0)
  const freedom = logs.length - 2
  const deviation = Math.sqrt(residuals / freedom)
  const factor = jstat.studentt.inv((1 + CONFIDENCE) / 2, freedom)
  const half = (factor * deviation) / Math.sqrt(xSquares)
  return {
    kind: 'fitted',
    exponent: { value: slope, low: slope - half, high: slope + half },
    rSquared: 1 - residuals / ySquares,
    sizes,
    points: points.length,
    at: n => {
      const x = Math.log(n)
      const band = factor * deviation * Math.sqrt(1 / logs.length + (x - centre) ** 2 / xSquares)
      return { value: Math.exp(line(x)), low: Math.exp(line(x) - band), high: Math.exp(line(x) + band) }
    }
  }
}

/** Costs whose growth is fitted. */
const GROWTH_METRICS = ['cpuMs', 'wireBytes'] as const satisfies readonly CostMetric[]
export type GrowthMetric = (typeof GROWTH_METRICS)[number]

export interface GrowthRow {
  readonly label: string
  readonly bearer: Bearer
  readonly metric: GrowthMetric
  /** Degrees of the runs, ascending; empty where there are no masks. */
  readonly degrees: readonly number[]
  readonly growth: Growth
  readonly combinations: readonly Combination[]
}

/** Fits cost per reading against n, for every series, its roles and its collecting side as a whole. */
export function growthRows(combinations: readonly Combination[]): readonly GrowthRow[] {
  return seriesOf(combinations).flatMap(series => {
    const runs = series.combinations.flatMap(combination => combination.runs)
    const roles = rolesIn(runs)
    const collecting: readonly Bearer[] = roles.filter(role => role !== 'meter').length > 1 ? ['collecting'] : []
    const degrees = [...new Set(runs.flatMap(({ degree }) => degree ?? []))].sort((a, b) => a - b)
    return [...roles, ...collecting].flatMap(bearer =>
      GROWTH_METRICS.map(metric => {
        const points = runs.flatMap(run => {
          const middle = spread(costsPerReading([run], bearer, metric))
          return middle ? [{ n: run.n, cost: middle.median }] : []
        })
        return { label: series.label, bearer, metric, degrees, growth: fitGrowth(points), combinations: series.combinations }
      })
    )
  })
}
