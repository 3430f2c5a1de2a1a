// Writes quantities for people.
import type { WattHours } from '@hushgrid/web-api'
import { quantityOf, unitOf } from '../common/quantities.ts'

const DIGITS = 3

/** Gives kWh of Wh, for charts. */
export function kilowattHours(wattHours: WattHours | undefined): number | undefined {
  return wattHours === undefined ? undefined : Number(wattHours) / 1000
}

/** Writes kWh with three digits after the point. */
export function energy(wattHours: WattHours | undefined): string {
  const value = kilowattHours(wattHours)
  return value === undefined ? '–' : value.toFixed(DIGITS)
}

/** Writes {@link energy}; with its unit, where that is not the column's kWh. */
export function energyOf(lane: string, amount: WattHours): string {
  const unit = unitOf(lane)
  return unit === 'kWh' ? energy(amount) : `${energy(amount)} ${unit}`
}

export function percent(part: number | undefined): string {
  return part === undefined ? '–' : `${(100 * part).toFixed(1)} %`
}

/** Writes a number of things: `1 bill`, `2 bills`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

export function laneName(lane: string): string {
  return quantityOf(lane).label
}
