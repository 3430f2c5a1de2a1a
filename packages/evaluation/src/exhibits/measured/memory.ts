// Memory of live processes, and the share of one meter in that of all of them.
import { ROLE_TITLES, type RoleName } from '@hushgrid/lab'
import { dotPanel } from '../../figures/dot-panel.ts'
import { BOUNDS_NOTE, type Cell, cell, name, number } from '../../tables/table.ts'
import { runBasis } from '../../values/basis.ts'
import { headlineOf, seriesAgainst, summaryOf } from '../../values/series.ts'
import { type Exhibit, notThere } from '../exhibit.ts'

const CAPTION =
  'Peak resident memory of live processes, Node and libraries in it. All meters of a neighbourhood share one process, so that a meter’s figure is a share: the peak of that process over the number of meters, and not what a program with one meter would take. The same holds for devices; every other role has a process of its own.'
const KILOBYTE = 1e3

export const memory: Exhibit = {
  name: 'memory',
  title: 'Memory',
  make: scene => {
    const runs = scene.runs.filter(({ memory }) => Object.keys(memory).length > 0)
    const { series } = headlineOf(seriesAgainst({ ...scene, runs }, 'n'))
    const roles = (Object.keys(ROLE_TITLES) as RoleName[]).filter(role => runs.some(run => run.memory[role] !== undefined))
    if (roles.length === 0) return notThere(CAPTION, 'no run measured memory')
    const sizes = series.flatMap(({ label, cells }) =>
      cells.flatMap(point =>
        roles.flatMap(role => {
          const { summary } = cell(
            summaryOf(point, run => run.memory[role] ?? null),
            1 / KILOBYTE
          )
          return summary ? [{ label, n: point.point.n, role, summary }] : []
        })
      )
    )
    const dots = sizes.filter(({ role }) => role === 'meter').map(({ label, summary }) => ({ ...summary, label, kind: 'meter' }))
    const panels = dotPanel(dots, {
      xTitle: 'peak memory of all meters’ process over n (kB)',
      labels: series.map(({ label }) => label),
      kinds: ['meter']
    })
    return {
      figures:
        panels.length === 0
          ? []
          : [
              {
                name: 'memory',
                alt: 'Kilobytes of peak memory of the process of all meters, over their number, a row for each contender.',
                panels,
                columns: { column: 1, full: 1 }
              }
            ],
      tables: [
        {
          name: 'memory',
          title: 'Peak memory of live processes, that of all meters over their number',
          columns: [name('contender'), number('n'), name('role'), number('peak memory', 'kB'), number('runs')],
          rows: sizes.map(({ label, n, role, summary }): Cell[] => [label, n, ROLE_TITLES[role], cell(summary), summary.count]),
          notes: [BOUNDS_NOTE]
        }
      ],
      caption: CAPTION,
      remarks: [],
      basis: runBasis(series, () => true)
    }
  }
}
