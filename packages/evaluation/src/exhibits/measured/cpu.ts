// CPU time for a reading, by who spends it.
import { measuredFigures } from '../../figures/cost-figure.ts'
import type { EvaluatedRun } from '../../record/run.ts'
import { bearerPhrase, bearersIn, bearerTitle, costTable, rolesTable } from '../../tables/cost-table.ts'
import { slotBasis } from '../../values/basis.ts'
import { type Bearer, perReading, steadyCount } from '../../values/run-values.ts'
import { headlineOf } from '../../values/series.ts'
import { uncheckedText, warmUpsIn } from '../../values/warm-ups.ts'
import type { Exhibit } from '../exhibit.ts'

const UNIT = 'ms / reading'

export const cpu: Exhibit = {
  name: 'cpu',
  title: 'Computation per reading',
  make: scene => {
    const bearers = bearersIn(scene)
    const measures = bearers.map(bearer => ({ name: `cpu-${bearer}`, title: axisTitle(bearer), valueIn: perRun(bearer) }))
    const drawn = measuredFigures(scene, measures)
    const basis = slotBasis(drawn.series, steadyCount)
    const costs = bearers.map(bearer => ({ bearer, metric: 'cpuMs' as const, title: bearerTitle(bearer), unit: UNIT }))
    return {
      figures: drawn.figures,
      tables: [
        costTable(drawn, { name: 'cpu', title: 'CPU per reading', costs, notes: [WHAT] }),
        rolesTable(headlineOf(drawn.series).series, {
          name: 'cpu-roles',
          title: 'CPU per reading, by role',
          metrics: [{ metric: 'cpuMs', title: 'CPU', unit: UNIT }]
        })
      ],
      caption: `CPU time of each role over the readings in a slot's total; a run's value is the median of its steady slots. ${WHAT}`,
      remarks: warming(basis.runs),
      basis
    }
  }
}

const WHAT =
  'The collecting side is every party outside the household together. In virtual time only the machines themselves are timed, without a network or a process; live runs, which are marked as such, time whole processes.'

const axisTitle = (bearer: Bearer): string => `CPU of ${bearerPhrase(bearer)} (ms per reading)`

const perRun = (bearer: Bearer) => (run: Parameters<typeof perReading>[0]) => perReading(run, bearer, 'cpuMs')

/** Says which contenders' costs still fell while they were measured, and of which that cannot be told. */
function warming(runs: readonly EvaluatedRun[]): readonly string[] {
  const check = warmUpsIn(runs)
  const falling = Map.groupBy(check.falling, ({ point: { contender, drive } }) => `${contender}${drive === 'live' ? ' live' : ''}`)
  const names = [...falling].map(([name, of]) => `${name} (n = ${[...new Set(of.map(({ point }) => point.n))].join(', ')})`)
  const unchecked = uncheckedText(check)
  return [
    ...(names.length === 0
      ? []
      : [`Not warmed up, since costs still fell from the first half of the slots to the second: ${names.join(', ')}.`]),
    ...(unchecked === undefined ? [] : [`${unchecked}.`])
  ]
}
