// What the lanes of a reading measure, for the pages: the columns that they need of the table in primitives, which
// test/quantities.test.ts holds equal to this one. The pages cannot import that one, which runs on Node only.

/** A quantity as people read it; `obis` is the lane's name in every answer. */
export interface Quantity {
  readonly obis: string
  /** Short: `import`. */
  readonly name: string
  /** `Drawn from the grid`. */
  readonly label: string
  /** Of readings on the wire: `Wh`. */
  readonly unit: string
  /** Of figures for people: `kWh`. */
  readonly shownUnit: string
  /** −1 for what leaves the home, which charts draw below zero. */
  readonly sign: 1 | -1
}

/** In the order in which they are listed. A figure for people has three digits after the point: 1,000 units are one shown. */
export const QUANTITIES: readonly Quantity[] = [
  { obis: '1-0:1.29.0', name: 'import', label: 'Drawn from the grid', unit: 'Wh', shownUnit: 'kWh', sign: 1 },
  { obis: '1-0:2.29.0', name: 'export', label: 'Fed into the grid', unit: 'Wh', shownUnit: 'kWh', sign: -1 }
]
