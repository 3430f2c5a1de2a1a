// Memory of one party.
import { ROLE_TITLES, type RoleName } from '@hushgrid/lab'
import { dotPanel } from '../../figures/dot-panel.ts'
import { BOUNDS_NOTE, type Cell, cell, name, number } from '../../tables/table.ts'
import { headlineOf, seriesAgainst, summaryOf } from '../../values/series.ts'
import { type Exhibit, notThere } from '../exhibit.ts'

const CAPTION = 'Memory of one party of a role, where it was measured.'
const KILOBYTE = 1e3

export const memory: Exhibit = {
  name: 'memory',
  title: 'Memory',
  make: scene => {
    const { series } = headlineOf(seriesAgainst(scene, 'n'))
    const roles = (Object.keys(ROLE_TITLES) as RoleName[]).filter(role => scene.runs.some(run => run.memory[role] !== undefined))
    if (roles.length === 0) return notThere(CAPTION, 'no run measured memory')
    const sizes = series.flatMap(({ label, cells }) =>
      cells.flatMap(point =>
        roles.flatMap(role => {
          const { summary } = cell(
            summaryOf(scene, point, run => run.memory[role] ?? null),
            1 / KILOBYTE
          )
          return summary ? [{ label, n: point.point.n, role, summary }] : []
        })
      )
    )
    const dots = sizes.filter(({ role }) => role === 'meter').map(({ label, summary }) => ({ ...summary, label, kind: 'meter' }))
    const panels = dotPanel(dots, { xTitle: 'memory of a meter (kB)', labels: series.map(({ label }) => label), kinds: ['meter'] })
    return {
      figures:
        panels.length === 0
          ? []
          : [{ name: 'memory', alt: 'Kilobytes of memory of a meter, a row for each contender.', panels, columns: { column: 1, full: 1 } }],
      tables: [
        {
          name: 'memory',
          title: 'Memory of one party',
          columns: [name('contender'), number('n'), name('role'), number('memory', 'kB'), number('runs')],
          rows: sizes.map(({ label, n, role, summary }): Cell[] => [label, n, ROLE_TITLES[role], cell(summary), summary.count]),
          notes: [BOUNDS_NOTE(scene.leastRuns)]
        }
      ],
      caption: CAPTION,
      remarks: []
    }
  }
}
