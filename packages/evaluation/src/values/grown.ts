// Growth of costs with n, for each series: a power law through its runs.
import { fitGrowth, type Growth } from '@hushgrid/comparison/report'
import { PAIRED_MEASURES } from './paired-runs.ts'
import { perReading } from './run-values.ts'
import type { Scene } from './scene.ts'
import { seriesAgainst } from './series.ts'

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
      const growth = fitGrowth(points)
      // A line through one run a size has as few degrees of freedom as sizes, and an interval that says nothing.
      const scarce = growth.kind === 'fitted' && growth.points <= growth.sizes.length
      return [
        {
          label,
          contender,
          measure: title,
          growth: scarce ? { kind: 'unfitted', reason: 'one run a size', sizes: growth.sizes, points: growth.points } : growth
        }
      ]
    })
  )
}
