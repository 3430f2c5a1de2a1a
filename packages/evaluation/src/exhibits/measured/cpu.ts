// CPU time for a reading, by who spends it.
import { measuredFigures } from '../../figures/cost-figure.ts'
import { warmUpOf } from '../../statistics/warm-up.ts'
import { bearersIn, bearerTitle, costTable, rolesTable } from '../../tables/cost-table.ts'
import { type Bearer, courseOf, perReading } from '../../values/run-values.ts'
import type { Scene } from '../../values/scene.ts'
import { headlineOf, type Series } from '../../values/series.ts'
import type { Exhibit } from '../exhibit.ts'

const UNIT = 'ms / reading'

export const cpu: Exhibit = {
  name: 'cpu',
  title: 'Computation per reading',
  make: scene => {
    const bearers = bearersIn(scene)
    const measures = bearers.map(bearer => ({ name: `cpu-${bearer}`, title: axisTitle(bearer), valueIn: perRun(bearer) }))
    const drawn = measuredFigures(scene, measures)
    const costs = bearers.map(bearer => ({ bearer, metric: 'cpuMs' as const, title: bearerTitle(bearer), unit: UNIT }))
    return {
      figures: drawn.figures,
      tables: [
        costTable(scene, drawn, { name: 'cpu', title: 'CPU per reading', costs, notes: [WHAT] }),
        rolesTable(scene, headlineOf(drawn.series).series, {
          name: 'cpu-roles',
          title: 'CPU per reading, by role',
          metrics: [{ metric: 'cpuMs', title: 'CPU', unit: UNIT }]
        })
      ],
      caption: `CPU time of each role over the readings in a slot's total; a run's value is the median of its steady slots. ${WHAT}`,
      remarks: warming(scene, drawn.series)
    }
  }
}

const WHAT =
  'The collecting side is every party outside the household together. In virtual time only the machines themselves are timed, without a network or a process; live runs, which are marked as such, time whole processes.'

const axisTitle = (bearer: Bearer): string =>
  `CPU of ${bearer === 'meter' ? 'a meter' : bearer === 'house' ? 'a household' : 'the collecting side'} (ms per reading)`

const perRun = (bearer: Bearer) => (run: Parameters<typeof perReading>[0]) => perReading(run, bearer, 'cpuMs')

/** Says which contenders' costs still fell while they were measured. */
function warming(scene: Scene, series: readonly Series[]): readonly string[] {
  const falling = series.flatMap(({ label, cells }) => {
    const ratios = cells.map(({ runs }) =>
      warmUpOf(
        runs.map(run => courseOf(run, 'all', 'cpuMs')),
        scene.leastRuns
      )
    )
    return ratios.some(each => each?.falling) ? [label] : []
  })
  return falling.length === 0
    ? []
    : [`Not warmed up, since costs still fell from the first half of the slots to the second: ${falling.join(', ')}.`]
}
