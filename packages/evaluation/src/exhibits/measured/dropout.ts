// Slots lost, and totals that came late, when meters are missing.
import { measuredFigures } from '../../figures/cost-figure.ts'
import { type Shares, sharesOf } from '../../statistics/proportion.ts'
import { BOUNDS_NOTE, type Cell, cell, name, number } from '../../tables/table.ts'
import { slotBasis } from '../../values/basis.ts'
import { lossesOf } from '../../values/run-values.ts'
import type { Cell as Point } from '../../values/series.ts'
import { type Exhibit, notThere } from '../exhibit.ts'

const CAPTION =
  'Slots without a total, and slots whose total came after their deadline, against the fraction of meters that are missing in a slot, drawn anew for each slot and the same for all contenders of a repeat. A run’s value is its share of slots; the machine’s own losses count in neither part. A contender that cannot decrypt without a missing meter loses every slot in which one is missing; repeating the slot with fewer would show a reading.'

export const dropout: Exhibit = {
  name: 'dropout',
  title: 'Slots lost when meters are missing',
  make: scene => {
    if (!scene.runs.some(({ point }) => point.dropout > 0)) return notThere(CAPTION, 'no run had meters missing')
    const share = (of: 'lost' | 'late') => (run: Parameters<typeof lossesOf>[0]) => {
      const { hits, of: all } = lossesOf(run, of)
      return all === 0 ? null : hits / all
    }
    const drawn = measuredFigures(
      scene,
      [
        { name: 'dropout-lost', title: 'slots lost (fraction)', valueIn: share('lost'), ends: [-0.04, 1.04] },
        { name: 'dropout-late', title: 'totals that came late (fraction of slots)', valueIn: share('late'), ends: [-0.04, 1.04] }
      ],
      ['dropout']
    )
    return {
      figures: drawn.figures,
      tables: [
        {
          name: 'dropout',
          title: 'Slots lost and late when meters are missing',
          columns: [
            name('contender'),
            number('n'),
            number('missing'),
            number('lost share'),
            number('lost'),
            number('runs with a loss', '%'),
            number('late share'),
            number('late')
          ],
          rows: drawn.series.flatMap(({ label, cells }) => cells.map(point => row(label, point))),
          notes: [
            BOUNDS_NOTE,
            'Lost and late: slots of all runs together, without an interval, since slots of a run are not independent. Runs with a loss: share of the runs that lost any slot, with the interval of Clopper and Pearson.'
          ]
        }
      ],
      caption: CAPTION,
      remarks: [],
      basis: slotBasis(drawn.series, run => lossesOf(run, 'lost').of)
    }
  }
}

const counts = (shares: Shares | null): string => (shares ? `${shares.hits} of ${shares.of}` : '–')

function row(label: string, { point, runs }: Point): readonly Cell[] {
  const sharesIn = (of: 'lost' | 'late'): Shares | null => sharesOf(runs.map(run => lossesOf(run, of)))
  const [lost, late] = [sharesIn('lost'), sharesIn('late')]
  const any = lost?.anyInRun
  const inRuns: Cell =
    any && lost ? cell({ median: any.share, low: any.low, high: any.high, count: lost.share.count, kind: 'interval' }, 100) : null
  return [label, point.n, point.dropout, cell(lost?.share ?? null), counts(lost), inRuns, cell(late?.share ?? null), counts(late)]
}
