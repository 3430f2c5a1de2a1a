// The figures of one neighbourhood's day that stand beside those of others.
import type { Totals } from '@hushgrid/web-api'
import { laneLoad, meanOf } from '../lane-load.ts'

export interface DayOfNetwork {
  readonly network: string
  /** Number of slots with a figure. */
  readonly measured: number
  /** Sum of these, Wh. */
  readonly wattHours: number
  /** The highest slot; its mean power, since neighbourhoods may have slots of different lengths. */
  readonly highest?: { readonly start: string; readonly meanKilowatts: number }
  /** Number of meters in the totals: `6`, or `5 to 6`. */
  readonly meters?: string
  readonly lost: number
  readonly withheld: number
}

export function dayOf({ network, slotSeconds, totals, lost }: Totals, lane: string): DayOfNetwork {
  const { measured, wattHours, withheld } = laneLoad(totals, lane)
  const figures = {
    network,
    measured: measured.length,
    wattHours,
    lost: lost.length,
    withheld: withheld.reduce((all, { slots }) => all + slots, 0)
  }
  const [first] = measured
  if (!first) return figures
  const of = ({ wattHours: lanes }: (typeof measured)[number]): number => Number(lanes[lane]) / 1000
  const highest = measured.reduce((best, each) => (of(each) > of(best) ? each : best), first)
  const contributors = measured.map(each => each.contributors)
  const [least, most] = [Math.min(...contributors), Math.max(...contributors)]
  return {
    ...figures,
    highest: { start: highest.start, meanKilowatts: meanOf(of(highest), slotSeconds) },
    meters: least === most ? String(least) : `${least} to ${most}`
  }
}
