// Bound on what colluders could learn in the DC-net, against its degree: computed, not measured.
import { assessDegree, completeDegree, RECOVERY_MODES, type RecoveryMode } from '@hushgrid/topology'
import { FAMILY_COLUMNS } from '../../figures/cost-figure.ts'
import { type Line, linePanels } from '../../figures/line-panel.ts'
import { kindMark } from '../../figures/look.ts'
import { type Cell, name, number } from '../../tables/table.ts'
import { collusionsIn, degreesUpTo, evenDegrees, ringsIn } from '../../values/rings.ts'
import type { Exhibit } from '../exhibit.ts'

/** Bound that the solver of degrees asks for. */
const ASKED = -40
/** Largest degree that the protocol has. */
const MOST_DEGREE = 254
/** Chances below this are as good as none, and would only stretch the axis. */
const FLOOR = -80

export const collusion: Exhibit = {
  name: 'collusion',
  title: 'What colluders could learn, by degree',
  make: scene => {
    const modes = RECOVERY_MODES.filter(mode => mode !== 'none')
    const [gamma = 0] = collusionsIn(scene)
    const rings = ringsIn(scene)
    const bounds = rings.flatMap(n =>
      modes.flatMap(recovery => degreesUpTo(n).map(degree => ({ n, recovery, degree, log2: boundOf(n, degree, recovery, gamma) })))
    )
    const lines = rings.flatMap((n, i): Line[] =>
      modes.map(recovery => ({
        label: `n = ${n}`,
        group: recovery,
        mark: kindMark(i),
        points: bounds
          .filter(each => each.n === n && each.recovery === recovery && each.log2 >= FLOOR)
          .map(({ degree, log2 }) => ({ x: degree, median: log2, low: log2, high: log2 }))
      }))
    )
    const drawn = lines.filter(({ points }) => points.length > 0)
    const { panels } = linePanels(drawn, { xTitle: 'mask neighbours of a meter', xLog: false, height: 84, ends: [FLOOR, 4] })
    return {
      figures: [
        {
          name: 'collusion',
          alt: 'Bound on the chance that colluders surround some meter, against the number of its mask neighbours.',
          panels,
          valueTitle: 'bound on the chance, as a power of 2',
          columns: { ...FAMILY_COLUMNS, full: 2 }
        }
      ],
      tables: [
        {
          name: 'collusion',
          title: 'Smallest degree at which the bound holds',
          columns: [number('n'), name('recovery'), number('colluding'), number('degree'), number('bound', 'log2')],
          rows: rings.flatMap(n =>
            modes.map((recovery): Cell[] => {
              const found = evenDegrees(Math.min(MOST_DEGREE, completeDegree(n))).find(
                degree => boundOf(n, degree, recovery, gamma) <= ASKED
              )
              return [n, recovery, gamma, found ?? 'none', found === undefined ? null : boundCell(boundOf(n, found, recovery, gamma))]
            })
          ),
          notes: [
            `The bound is on the chance that any meter has more colluding neighbours than its recovery mode bears; the protocol asks for at most 2 to the power ${ASKED}. Colluders stand at random places.`
          ]
        }
      ],
      caption: `Bound on the chance that colluders, a fraction ${gamma} of all meters at random places with the aggregator, surround some meter so that its reading can be learnt, against the number of its mask neighbours (conditions 1 and 3 of the protocol, the larger of the two). Computed, not measured; it concerns the DC-net alone, and says nothing of colluders who choose their places. Not drawn below 2 to the power ${FLOOR}.`,
      remarks: []
    }
  }
}

/** Rounds a bound; what cannot happen has none. */
const boundCell = (log2: number): Cell => (Number.isFinite(log2) ? Number(log2.toFixed(1)) : 'cannot happen')

function boundOf(members: number, degree: number, recovery: RecoveryMode, gamma: number): number {
  const { conditions } = assessDegree(degree, { members, collusion: gamma, dropout: 0, recovery })
  return Math.max(...conditions.filter(({ number: which }) => which !== 2).map(({ log2 }) => log2))
}
