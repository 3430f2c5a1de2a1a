// Figures of the tour: one household's slot from its reading to the total of all.
import type { LabForm, LabMeterDetail, LabSlot } from '@hushgrid/web-api'
import { inThrees, kwhOf, laneKwh, showKwh, showTime } from './figures.ts'
import { outcomeInWords } from './tally.ts'

export interface Tour {
  /** Slot that all three steps are about: its start, for a person. */
  readonly when: string
  /** Household's consumption, kWh. */
  readonly used: string | undefined
  /** Value that left the house, where one came. */
  readonly left: { readonly form: LabForm; readonly text: string } | undefined
  /** Total of all, kWh; undefined where there is none. */
  readonly total: string | undefined
  /** Outcome of the slot, with the reason of a loss. */
  readonly outcome: string
  readonly good: boolean
}

const HEX_SHOWN = 24

/** Gives the figures of the last slot that is over and known of the household; undefined before there is one. */
export function tourOf(detail: LabMeterDetail | undefined, slots: readonly LabSlot[], lane: string): Tour | undefined {
  // Details come a moment after their slot.
  const own = detail?.slots.findLast(({ slot }) => slots.some(each => each.slot === slot))
  const last = own ? slots.find(({ slot }) => slot === own.slot) : slots.at(-1)
  if (!last) return undefined
  const wh = own?.used?.[lane]
  // What the first role gets is what leaves the house.
  const [first] = own?.received ?? []
  const value = first?.values[lane] ?? first?.values['']
  const total = laneKwh(last.total, lane)
  return {
    when: `${showTime(last.start)} UTC`,
    used: wh === undefined ? undefined : showKwh(kwhOf(wh)),
    left: first && value !== undefined ? { form: first.form, text: leftInWords(first.form, value) } : undefined,
    total: total === null ? undefined : showKwh(total),
    outcome: last.withheld[lane]?.text ?? outcomeInWords(last),
    good: !last.lost && last.exact
  }
}

function leftInWords(form: LabForm, value: string): string {
  if (form === 'masked') return inThrees(value)
  return value.length > HEX_SHOWN ? `${value.slice(0, HEX_SHOWN)}…` : value
}
