// Cost of setting up, for each meter.
import { measuredFigures } from '../../figures/cost-figure.ts'
import { POINT_COLUMNS, pointCells } from '../../tables/cost-table.ts'
import { BOUNDS_NOTE, cell, number } from '../../tables/table.ts'
import { runBasis } from '../../values/basis.ts'
import { setupOf } from '../../values/run-values.ts'
import { summaryOf } from '../../values/series.ts'
import type { Exhibit } from '../exhibit.ts'

export const setup: Exhibit = {
  name: 'setup',
  title: 'Setting up',
  make: scene => {
    const drawn = measuredFigures(scene, [
      { name: 'setup-cpu', title: 'CPU of setting up, all roles (ms per meter)', valueIn: run => setupOf(run, 'cpuMs') },
      { name: 'setup-bytes', title: 'bytes sent while setting up, all roles (B per meter)', valueIn: run => setupOf(run, 'sentBytes') }
    ])
    return {
      figures: drawn.figures,
      tables: [
        {
          name: 'setup',
          title: 'What setting up costs, for each meter',
          columns: [
            ...POINT_COLUMNS(drawn.axis),
            number('CPU', 'ms / meter'),
            number('sent', 'B / meter'),
            number('messages', '/ meter'),
            number('time', 'ms'),
            number('runs')
          ],
          rows: drawn.series.flatMap(series =>
            series.cells.map(point => [
              ...pointCells(drawn.axis, series, point),
              ...(['cpuMs', 'sentBytes', 'sentMessages'] as const).map(metric => cell(summaryOf(point, run => setupOf(run, metric)))),
              cell(summaryOf(point, run => run.setup.ms)),
              point.runs.length
            ])
          ),
          notes: [BOUNDS_NOTE, 'Time: by the protocol’s clock in virtual time, real milliseconds on live nodes.']
        }
      ],
      caption:
        'From the first party to the moment at which the first slot could begin: keys, enrolment, agreements. All roles together, over the number of meters; one value a run.',
      remarks: [],
      basis: runBasis(drawn.series, () => true)
    }
  }
}
