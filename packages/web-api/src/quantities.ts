// Quantities that the lanes of a reading measure, for the pages, which cannot import the table in primitives: that one runs
// on Node only. test/quantities.test.ts holds the columns here equal to it.

/** A quantity for people; `obis` is the lane's name in every answer. */
export interface Quantity {
  readonly obis: string
  /** Short name: `import`. */
  readonly name: string
  /** Label, such as `Drawn from the grid`. */
  readonly label: string
  /** Unit of readings on the wire: `Wh`. */
  readonly unit: string
  /** Unit of figures for people: `kWh`. */
  readonly shownUnit: string
  /** Sign in charts, which draw below zero (−1) the energy that leaves the home. */
  readonly sign: 1 | -1
}

/** Quantities in the order of lists. A figure for people has three digits after the point: 1,000 units are one shown. */
export const QUANTITIES: readonly Quantity[] = [
  { obis: '1-0:1.29.0', name: 'import', label: 'Drawn from the grid', unit: 'Wh', shownUnit: 'kWh', sign: 1 },
  { obis: '1-0:2.29.0', name: 'export', label: 'Fed into the grid', unit: 'Wh', shownUnit: 'kWh', sign: -1 }
]
