// What one party keeps after a day and after a month.
import { ROLE_TITLES, type RoleName } from '@hushgrid/lab'
import { dotPanel } from '../../figures/dot-panel.ts'
import { BOUNDS_NOTE, type Cell, cell, name, number } from '../../tables/table.ts'
import { runBasis } from '../../values/basis.ts'
import { headlineOf, seriesAgainst, summaryOf } from '../../values/series.ts'
import { type Exhibit, notThere } from '../exhibit.ts'

const CAPTION =
  'What one party of a role keeps on disk after a day and after thirty at the run’s length of a slot: journals, transcripts, stores. Extrapolated from the run where that was shorter, in proportion to its slots.'
const KINDS = ['a day', 'thirty days'] as const
const MEGABYTE = 1e6

export const storage: Exhibit = {
  name: 'storage',
  title: 'Storage after a day and a month',
  make: scene => {
    const { series } = headlineOf(seriesAgainst(scene, 'n'))
    const roles = (Object.keys(ROLE_TITLES) as RoleName[]).filter(role => scene.runs.some(run => run.storage[role]))
    if (roles.length === 0) return notThere(CAPTION, 'no run measured what its parties keep')
    const kept = series.flatMap(({ label, cells }) =>
      cells.flatMap(point =>
        roles.flatMap(role => {
          const [day, month] = (['dayBytes', 'monthBytes'] as const).map(
            of =>
              cell(
                summaryOf(point, run => run.storage[role]?.[of] ?? null),
                1 / MEGABYTE
              ).summary
          )
          return day && month ? [{ label, n: point.point.n, role, day, month }] : []
        })
      )
    )
    const labels = series.map(({ label }) => label)
    const panelOf = (of: 'meter' | 'others') => {
      const dots = kept
        .filter(({ role }) => (role === 'meter') === (of === 'meter'))
        .flatMap(({ label, role, day, month }) => {
          const row = of === 'meter' ? label : `${label}: ${ROLE_TITLES[role]}`
          return [
            { ...day, label: row, kind: KINDS[0] },
            { ...month, label: row, kind: KINDS[1] }
          ]
        })
      const rows = of === 'meter' ? labels : dots.map(({ label }) => label)
      return dotPanel(dots, {
        xTitle: `kept by ${of === 'meter' ? 'a meter' : 'one party'} (MB)`,
        labels: [...new Set(rows)],
        kinds: KINDS
      })
    }
    const figure = (of: 'meter' | 'others') => {
      const panels = panelOf(of)
      const alt = `Megabytes kept after a day and after thirty, by ${of === 'meter' ? 'a meter' : 'each other party'}.`
      return panels.length === 0 ? [] : [{ name: `storage-${of}`, alt, panels, columns: { column: 1, full: 1 } }]
    }
    return {
      figures: [...figure('meter'), ...figure('others')],
      tables: [
        {
          name: 'storage',
          title: 'What one party keeps',
          columns: [
            name('contender'),
            number('n'),
            name('role'),
            number('after a day', 'MB'),
            number('after thirty days', 'MB'),
            number('runs')
          ],
          rows: kept.map(({ label, n, role, day, month }): Cell[] => [label, n, ROLE_TITLES[role], cell(day), cell(month), day.count]),
          notes: [BOUNDS_NOTE]
        }
      ],
      caption: CAPTION,
      remarks: [],
      basis: runBasis(series, ({ storage: kept }) => Object.keys(kept).length > 0)
    }
  }
}
