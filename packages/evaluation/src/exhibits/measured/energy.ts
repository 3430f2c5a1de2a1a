// Energy of a household's meter, with the device that one scheme has beside it: a model on top of measured CPU time, not a measurement.
import { dotPanel } from '../../figures/dot-panel.ts'
import { BOUNDS_NOTE, type Cell, cell, name, number } from '../../tables/table.ts'
import { slotBasis } from '../../values/basis.ts'
import { perReading, steadyCount } from '../../values/run-values.ts'
import { headlineOf, seriesAgainst, summaryOf } from '../../values/series.ts'
import { type Exhibit, notThere } from '../exhibit.ts'

/** A processor of a meter, and the power that it takes while it computes. */
interface Processor {
  readonly name: string
  readonly watts: number
  /** Where the power was read, and how it was computed from that. */
  readonly source: string
}

const PROCESSORS: readonly Processor[] = [
  {
    name: 'Cortex-M3',
    watts: 9.6e-3 * 3.6,
    source:
      'STM32L100 at 32 MHz: 9.6 mA typically in run mode from flash (STMicroelectronics, data sheet DocID024295 revision 1, p. 48, table 15), at 3.6 V'
  },
  {
    name: 'ESP32',
    watts: 68e-3 * 3.3,
    source:
      'ESP32 at 240 MHz, radio off: 30 to 68 mA in modem sleep (Espressif, ESP32 Series Datasheet v5.2, p. 30, table 4-2), of which the largest, at 3.3 V, which is assumed'
  },
  {
    name: 'Cortex-A53',
    watts: 5.6 / 4,
    source:
      'Raspberry Pi 3 B+: 5.6 W at the wall while all four cores compute (J. Geerling, sbc-reviews, number 16, github.com/geerlingguy/sbc-reviews), a quarter for one core with its share of the board'
  }
]

const DAY_SECONDS = 86_400
const CAPTION =
  'A model, not a measurement: CPU time per reading of a household, its meter and, where a scheme has one, its device, on the core that the evaluation ran on, times the readings of a day, times the power of a processor while it computes. It is extrapolated from this machine’s core as if the other processor were as fast; one that takes k times as long needs k times the energy, and the small ones take many times as long. Radio and idling are not in it. Ratios between contenders carry further than the figures.'

export const energy: Exhibit = {
  name: 'energy',
  title: 'Energy of metering in a household (a model)',
  make: scene => {
    const { series } = headlineOf(seriesAgainst(scene, 'n'))
    const modelled = series.flatMap(({ label, cells }) =>
      cells.flatMap(point => {
        const daily = (run: Parameters<typeof perReading>[0]): number | null => {
          const ms = perReading(run, 'house', 'cpuMs')
          return ms === null ? null : (ms / 1000) * (DAY_SECONDS / run.slotSeconds)
        }
        const seconds = summaryOf(point, daily)
        return seconds ? [{ label, n: point.point.n, seconds }] : []
      })
    )
    if (modelled.length === 0) return notThere(CAPTION, 'no run has the CPU time of its households')
    const kinds = PROCESSORS.map(processor => processor.name)
    const dots = modelled.flatMap(({ label, seconds }) =>
      PROCESSORS.flatMap(({ name: kind, watts }) => {
        const { summary } = cell(seconds, watts)
        return summary ? [{ ...summary, label, kind }] : []
      })
    )
    const panels = dotPanel(dots, {
      xTitle: 'model: energy of a household’s metering (J per day)',
      labels: series.map(({ label }) => label),
      kinds
    })
    return {
      figures: [
        {
          name: 'energy',
          alt: 'Modelled energy of a household’s metering a day on three processors, a row for each contender.',
          panels,
          columns: { column: 1, full: 1 }
        }
      ],
      tables: [
        {
          name: 'energy',
          title: 'Energy of a household’s metering a day: a model, not a measurement',
          columns: [
            name('contender'),
            number('n'),
            number('CPU', 's / day'),
            ...PROCESSORS.map(processor => number(processor.name, 'J / day')),
            number('runs')
          ],
          rows: modelled.map(({ label, n, seconds }): Cell[] => [
            label,
            n,
            cell(seconds),
            ...PROCESSORS.map(({ watts }) => cell(seconds, watts)),
            seconds.count
          ]),
          notes: [
            BOUNDS_NOTE,
            ...PROCESSORS.map(({ name: processor, watts, source }) => `${processor}: ${watts.toPrecision(3)} W. ${source}.`),
            'As if each processor were as fast as the core that was measured; the intervals are those of the CPU time alone.'
          ]
        }
      ],
      caption: CAPTION,
      remarks: [],
      basis: slotBasis(series, steadyCount)
    }
  }
}
