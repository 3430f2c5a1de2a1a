import type { Separator } from '@hushgrid/primitives'

/** Units that a table of readings may be in; watts are the mean of their interval. */
export const READING_UNITS = ['Wh', 'kWh', 'MWh', 'W', 'kW'] as const
export type ReadingUnit = (typeof READING_UNITS)[number]

/** Facts from the user on a table whose header does not tell them. */
export interface TableHints {
  /** Unit of values over which no unit stands. */
  readonly unit?: ReadingUnit
  readonly separator?: Separator
  /** Names of the only columns to read. */
  readonly columns?: readonly string[]
  /** True where a house's mains stand in files of their own, as a `labels.dat` beside them says. */
  readonly mains?: boolean
}
