// The quantities that lanes measure, each once: every page, table, log line and export takes names and units from here.
// The browser pages have the same table in web-api, which a test holds equal to this one.
import { type ObisCode, obisCode } from './units.ts'

/** The quantity of a lane. Readings are whole numbers of {@link Quantity.unit} a slot. */
export interface Quantity {
  readonly obis: ObisCode
  /** Short name, for headings and fields of a log: `import`. */
  readonly name: string
  /** Label for a household: `Drawn from the grid`. */
  readonly label: string
  /** Title where nothing around it says that it is energy: `Energy drawn from the grid`. */
  readonly title: string
  /** Act of a home that fills the lane, after "can": `feed in`. */
  readonly act: string
  /** Unit of readings on the wire and in files: `Wh`. */
  readonly unit: string
  /** Unit of figures for people: `kWh`. */
  readonly shownUnit: string
  /** Number of `unit` in one `shownUnit`. */
  readonly scale: number
  /** Sign of the figures: −1 for energy that leaves the home, which charts draw below zero. */
  readonly sign: 1 | -1
}

/** Active energy imported in the slot, which is what tariffs charge for. */
export const IMPORT_LANE = obisCode('1-0:1.29.0')
/** Active energy exported in the slot. */
export const EXPORT_LANE = obisCode('1-0:2.29.0')
/** The lanes of a network that names none (PROTOCOL.md section 3); no new quantity joins them, since they are in rosters. */
export const DEFAULT_LANES: readonly ObisCode[] = [IMPORT_LANE, EXPORT_LANE]

/** All quantities, in the order in which they are listed. */
export const QUANTITIES: readonly Quantity[] = [
  {
    obis: IMPORT_LANE,
    name: 'import',
    label: 'Drawn from the grid',
    title: 'Energy drawn from the grid',
    act: 'draw',
    unit: 'Wh',
    shownUnit: 'kWh',
    scale: 1000,
    sign: 1
  },
  {
    obis: EXPORT_LANE,
    name: 'export',
    label: 'Fed into the grid',
    title: 'Energy fed into the grid',
    act: 'feed in',
    unit: 'Wh',
    shownUnit: 'kWh',
    scale: 1000,
    sign: -1
  }
]

const byCode: ReadonlyMap<string, Quantity> = new Map(QUANTITIES.map(each => [each.obis, each]))

/** Finds the quantity of a lane; undefined for an OBIS code that the table does not have. */
export function quantityOf(lane: string): Quantity | undefined {
  return byCode.get(lane)
}

/** Gives the unit of a lane's readings; Wh where the table does not have it. */
export function unitOf(lane: string): string {
  return quantityOf(lane)?.unit ?? 'Wh'
}
