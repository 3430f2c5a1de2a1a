// One lane of a neighbourhood's totals. A slot in which the lane is withheld has no figure, and counts as nothing.
import type { Totals } from '@hushgrid/web-api'

type SlotTotal = Totals['totals'][number]

/** A lane's load over some slots. */
export interface LaneLoad {
  /** Slots with a figure. */
  readonly measured: readonly SlotTotal[]
  /** Sum of these, Wh. */
  readonly wattHours: number
  /** Reasons for which the lane is withheld, each with the number of slots. */
  readonly withheld: readonly { readonly text: string; readonly slots: number }[]
}

const HOUR = 3600

/** Gives the mean power of a slot, kW, of its energy in kWh. */
export function meanOf(kilowattHours: number, slotSeconds: number): number {
  return (kilowattHours * HOUR) / slotSeconds
}

/** Lists the lanes of totals, those that are withheld in all of them too. */
export function lanesOf({ totals }: Totals): string[] {
  return [...new Set(totals.flatMap(({ wattHours, withheld }) => [...Object.keys(wattHours), ...Object.keys(withheld)]))].sort()
}

export function laneLoad(totals: readonly SlotTotal[], lane: string): LaneLoad {
  const measured = totals.filter(({ wattHours }) => wattHours[lane] !== undefined)
  const reasons = Map.groupBy(
    totals.flatMap(({ withheld }) => withheld[lane]?.text ?? []),
    text => text
  )
  return {
    measured,
    wattHours: measured.reduce((all, { wattHours }) => all + Number(wattHours[lane]), 0),
    withheld: [...reasons].map(([text, each]) => ({ text, slots: each.length }))
  }
}
