// Growth of costs with n, for each series: a power law through its runs.
import { fitGrowth, type Growth } from '@hushgrid/comparison/report'
import { PAIRED_MEASURES } from './paired-runs.ts'
import { perReading } from './run-values.ts'
import type { Scene } from './scene.ts'
import { seriesAgainst } from './series.ts'

/** Fewest runs at each size. */
export const LEAST_AT_SIZE = 2

export interface Grown {
  readonly label: string
  readonly contender: string
  /** What grows, in words. */
  readonly measure: string
  readonly growth: Growth
}

/** Fits each series' costs, one point a run: slots of a run share a process and are not independent. */
export function grownWith(scene: Scene): readonly Grown[] {
  return seriesAgainst(scene, 'n').flatMap(({ label, contender, cells }) =>
    PAIRED_MEASURES.flatMap(({ title, bearer, metric }): Grown[] => {
      const points = cells.flatMap(({ x, runs }) =>
        runs.flatMap(run => {
          const cost = perReading(run, bearer, metric)
          return cost === null ? [] : [{ n: x, cost }]
        })
      )
      if (points.length === 0) return []
      return [{ label, contender, measure: title, growth: unlessScarce(fitGrowth(points), points) }]
    })
  )
}

/** Refuses a fit with fewer runs at some size than it takes: of one run nobody can tell what is growth and what is chance. */
function unlessScarce(growth: Growth, points: Parameters<typeof fitGrowth>[0]): Growth {
  const { sizes } = growth
  const scarce = sizes.filter(size => points.filter(({ n }) => n === size).length < LEAST_AT_SIZE)
  if (growth.kind !== 'fitted' || scarce.length === 0) return growth
  const reason = `fewer than ${LEAST_AT_SIZE} runs at n = ${scarce.join(', ')}`
  return { kind: 'unfitted', reason, sizes, points: growth.points }
}
