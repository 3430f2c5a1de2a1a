// Meters that colluders expose in the DC-net, against its degree: computed, not measured.
import { exposureSummary, type RecoveryMode } from '@hushgrid/topology'
import { FAMILY_COLUMNS } from '../../figures/cost-figure.ts'
import { type Line, linePanels } from '../../figures/line-panel.ts'
import { kindMark } from '../../figures/look.ts'
import { type Cell, name, number, words } from '../../tables/table.ts'
import { collusionsIn, degreesUpTo, ringsIn } from '../../values/rings.ts'
import type { Exhibit } from '../exhibit.ts'

const RECOVERY: RecoveryMode = 'edge-release'
/** Meanings of "exposed" that are drawn, each in a panel. */
const DRAWN = {
  'reading-alone': 'a reading is learnt',
  'reading-unprotected': 'a lying aggregator could learn it'
} as const
/** Expected numbers below this are as good as none, and would only stretch the axis. */
const FLOOR = 1e-9

export const exposure: Exhibit = {
  name: 'exposure',
  title: 'Meters that colluders expose',
  make: scene => {
    const [gamma = 0] = collusionsIn(scene)
    const rings = ringsIn(scene)
    const found = rings.flatMap(n =>
      degreesUpTo(n).flatMap(degree =>
        exposureSummary({ members: n, degree, collusion: gamma, recovery: RECOVERY }).figures.map(figure => ({ ...figure, n, degree }))
      )
    )
    const lines = Object.entries(DRAWN).flatMap(([kind, group]) =>
      rings.map(
        (n, i): Line => ({
          label: `n = ${n}`,
          group,
          mark: kindMark(i),
          points: found
            .filter(each => each.kind === kind && each.n === n && each.expected >= FLOOR)
            .map(({ degree, expected }) => ({ x: degree, median: expected, low: expected, high: expected }))
        })
      )
    )
    const { panels, words: scale } = linePanels(
      lines.filter(({ points }) => points.length > 0),
      { xTitle: 'mask neighbours of a meter', xLog: false, height: 84 }
    )
    const shown = new Set([2, 4, 8, 16, 32, 64])
    return {
      figures: [
        {
          name: 'exposure',
          alt: 'Expected number of meters that colluders expose, against the number of mask neighbours.',
          panels,
          valueTitle: `expected meters exposed${scale}`,
          columns: { ...FAMILY_COLUMNS, full: 2 }
        }
      ],
      tables: [
        {
          name: 'exposure',
          title: 'Meters that colluders expose',
          columns: [number('n'), number('degree'), name('kind'), number('expected', 'meters'), number('chance of any'), words('meaning')],
          rows: found
            .filter(({ degree }) => shown.has(degree))
            .map(({ n, degree, kind, expected, any, anyIs, meaning }): Cell[] => [
              n,
              degree,
              kind,
              expected,
              anyIs === 'exact' ? any : `≤ ${any.toPrecision(2)}`,
              meaning
            ]),
          notes: [
            'Expected numbers are exact, by linearity; the chance that there is any is exact where it can be counted, else a union bound.'
          ]
        }
      ],
      caption: `Expected number of honest meters that colluders, a fraction ${gamma} of all meters at random places with the aggregator, expose in a DC-net with recovery by edge release, against the number of a meter’s mask neighbours. Computed, not measured. Not drawn below ${FLOOR}.`,
      remarks: []
    }
  }
}
