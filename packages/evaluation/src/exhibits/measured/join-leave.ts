// Cost of a join, a leave and a crash beyond steady slots.
import { dotPanel } from '../../figures/dot-panel.ts'
import { BOUNDS_NOTE, type Cell, cell, name, number } from '../../tables/table.ts'
import { runBasis } from '../../values/basis.ts'
import { changeOf } from '../../values/run-values.ts'
import { headlineOf, seriesAgainst, summaryOf } from '../../values/series.ts'
import { type Exhibit, notThere } from '../exhibit.ts'

const KINDS = ['join', 'leave', 'crash'] as const
const CAPTION =
  'What one change of membership costs all roles together beyond steady slots, over the slots in which it shows; below zero where it cost less than slots vary by. A run’s value is the median of its changes of a kind. A scheme without an answer to a change sets up anew, and is charged for it.'

export const joinLeave: Exhibit = {
  name: 'join-leave',
  title: 'Meters come and go',
  make: scene => {
    const { series } = headlineOf(seriesAgainst(scene, 'n'))
    const labels = series.map(({ label }) => label)
    const dotsOf = (of: 'bytes' | 'cpuMs', scale: number) =>
      series.flatMap(({ label, cells }) =>
        cells.flatMap(point =>
          KINDS.flatMap(kind => {
            const { summary } = cell(
              summaryOf(point, run => changeOf(run, kind, of)),
              scale
            )
            return summary ? [{ ...summary, label, kind }] : []
          })
        )
      )
    const [kilobytes, milliseconds] = [dotsOf('bytes', 1e-3), dotsOf('cpuMs', 1)]
    if (kilobytes.length === 0) return notThere(CAPTION, 'no run had a meter join, leave or crash')
    const panels = [
      dotPanel(kilobytes, { xTitle: 'bytes (kB)', labels, kinds: KINDS }),
      dotPanel(milliseconds, { xTitle: 'CPU (ms)', labels, kinds: KINDS })
    ]
    return {
      figures: [
        {
          name: 'join-leave',
          alt: 'Bytes and CPU of a join, a leave and a crash, a row for each contender.',
          panels: panels.flat(),
          columns: { column: 1, full: 2 }
        }
      ],
      tables: [
        {
          name: 'join-leave',
          title: 'What a join, a leave and a crash cost',
          columns: [
            name('contender'),
            number('n'),
            name('change'),
            number('messages'),
            number('bytes', 'kB'),
            number('CPU', 'ms'),
            number('lost', 'slots'),
            number('runs')
          ],
          rows: series.flatMap(({ label, cells }) =>
            cells.flatMap(point =>
              KINDS.flatMap((kind): Cell[][] => {
                const of = (what: 'messages' | 'bytes' | 'cpuMs' | 'lostSlots') => summaryOf(point, run => changeOf(run, kind, what))
                const found = of('messages')
                return found
                  ? [
                      [
                        label,
                        point.point.n,
                        kind,
                        cell(found),
                        cell(of('bytes'), 1e-3),
                        cell(of('cpuMs')),
                        cell(of('lostSlots')),
                        found.count
                      ]
                    ]
                  : []
              })
            )
          ),
          notes: [BOUNDS_NOTE]
        }
      ],
      caption: CAPTION,
      remarks: [],
      basis: runBasis(series, ({ changes }) => changes.length > 0)
    }
  }
}
