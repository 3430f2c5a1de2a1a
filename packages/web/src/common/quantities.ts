// Names and units of lanes on all pages.
import { QUANTITIES, type Quantity } from '@hushgrid/web-api'

/** Energy drawn from the grid: what a page shows first. */
export const IMPORT_LANE = '1-0:1.29.0'

const byCode: ReadonlyMap<string, Quantity> = new Map(QUANTITIES.map(each => [each.obis, each]))

/** What a lane measures; one that the table does not have goes by its OBIS code and is taken for energy. */
export function quantityOf(lane: string): Quantity {
  return byCode.get(lane) ?? { obis: lane, name: lane, label: lane, unit: 'Wh', shownUnit: 'kWh', sign: 1 }
}

/** Whether the table has it. */
export function isQuantity(lane: string): boolean {
  return byCode.has(lane)
}

/** Of a lane's figures for people: `kWh`. */
export function unitOf(lane: string): string {
  return quantityOf(lane).shownUnit
}

/** Of the mean over a slot: `kW`, where slots are in kWh. */
export function meanUnitOf(lane: string): string {
  return unitOf(lane).replace(/h$/, '')
}
