// Message rounds to a total, and how long they take under a network model.
import { measuredFigures } from '../../figures/cost-figure.ts'
import { POINT_COLUMNS, pointCells } from '../../tables/cost-table.ts'
import { BOUNDS_NOTE, cell, number, type ValueTable } from '../../tables/table.ts'
import { slotBasis } from '../../values/basis.ts'
import { latencyOf, timedCount } from '../../values/run-values.ts'
import { oneDrive } from '../../values/scene.ts'
import { summaryOf } from '../../values/series.ts'
import type { Exhibit } from '../exhibit.ts'

export const rounds: Exhibit = {
  name: 'rounds',
  title: 'Rounds and latency',
  make: scene => {
    const drawn = measuredFigures(
      oneDrive(scene),
      [
        { name: 'rounds-latency', title: 'slot’s end to total (protocol ms)', valueIn: run => latencyOf(run, 'sinceEndMs') },
        { name: 'rounds', title: 'message rounds to the total', valueIn: run => latencyOf(run, 'rounds') }
      ],
      ['delayMs', 'loss', 'n']
    )
    const table: ValueTable = {
      name: 'rounds',
      title: 'Rounds to a total, and how long they take',
      columns: [
        ...POINT_COLUMNS(drawn.axis),
        number('delay', 'ms'),
        number('loss'),
        number('rounds'),
        number('latency', 'ms'),
        number('runs')
      ],
      rows: drawn.series.flatMap(series =>
        series.cells.map(point => [
          ...pointCells(drawn.axis, series, point),
          point.point.delayMs,
          point.point.loss,
          cell(summaryOf(point, run => latencyOf(run, 'rounds'))),
          cell(summaryOf(point, run => latencyOf(run, 'sinceEndMs'))),
          point.runs.length
        ])
      ),
      notes: [BOUNDS_NOTE]
    }
    return {
      figures: drawn.figures,
      tables: [table],
      caption:
        'Message rounds from the end of a slot to its total, and the time that they take by the protocol’s clock under the network’s delay and loss; a run’s value is the median of its slots that have a total. Computation takes no time in virtual time, so that slow cryptography is not in the latency.',
      remarks: [],
      basis: slotBasis(drawn.series, timedCount)
    }
  }
}
