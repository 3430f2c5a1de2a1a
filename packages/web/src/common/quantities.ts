// Names and units of lanes on all pages.
import { QUANTITIES, type Quantity } from '@hushgrid/web-api'

/** Lane that a page shows first: energy drawn from the grid. */
export const IMPORT_LANE = '1-0:1.29.0'

/** The columns of a quantity that the pages show. */
type ShownQuantity = Omit<Quantity, 'title' | 'espi'>

const byCode: ReadonlyMap<string, Quantity> = new Map(QUANTITIES.map(each => [each.obis, each]))

/** Finds the quantity of a lane; one that the table lacks goes by its OBIS code and is taken for energy. */
export function quantityOf(lane: string): ShownQuantity {
  return byCode.get(lane) ?? { obis: lane, name: lane, label: lane, unit: 'Wh', shownUnit: 'kWh', sign: 1 }
}

/** Tells whether the table has a lane. */
export function isQuantity(lane: string): boolean {
  return byCode.has(lane)
}

/** Gives the unit of a lane's figures for people: `kWh`. */
export function unitOf(lane: string): string {
  return quantityOf(lane).shownUnit
}

/** Gives the unit of the mean over a slot: `kW`, where slots are in kWh. */
export function meanUnitOf(lane: string): string {
  return unitOf(lane).replace(/h$/, '')
}
