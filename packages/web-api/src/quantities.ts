// Quantities that the lanes of a reading measure, for the pages, which cannot import the table in primitives: that one runs
// on Node only. test/quantities.test.ts holds the columns here equal to it.

/** A quantity for people; `obis` is the lane's name in every answer. */
export interface Quantity {
  readonly obis: string
  /** Short name: `import`. */
  readonly name: string
  /** Label, such as `Drawn from the grid`. */
  readonly label: string
  /** Title where nothing around it says that it is energy: `Energy drawn from the grid`. */
  readonly title: string
  /** Unit of readings on the wire: `Wh`. */
  readonly unit: string
  /** Unit of figures for people: `kWh`. */
  readonly shownUnit: string
  /** Sign in charts, which draw below zero (−1) the energy that leaves the home. */
  readonly sign: 1 | -1
  /** Codes of Green Button data (NAESB REQ.21, ReadingType): FlowDirectionKind, MeasurementKind, UnitSymbolKind. */
  readonly espi: { readonly flowDirection: number; readonly kind: number; readonly uom: number }
}

/** Quantities in the order of lists. A figure for people has three digits after the point: 1,000 units are one shown. */
export const QUANTITIES: readonly Quantity[] = [
  {
    obis: '1-0:1.29.0',
    name: 'import',
    label: 'Drawn from the grid',
    title: 'Energy drawn from the grid',
    unit: 'Wh',
    shownUnit: 'kWh',
    sign: 1,
    espi: { flowDirection: 1, kind: 12, uom: 72 }
  },
  {
    obis: '1-0:2.29.0',
    name: 'export',
    label: 'Fed into the grid',
    title: 'Energy fed into the grid',
    unit: 'Wh',
    shownUnit: 'kWh',
    sign: -1,
    espi: { flowDirection: 19, kind: 12, uom: 72 }
  }
]
