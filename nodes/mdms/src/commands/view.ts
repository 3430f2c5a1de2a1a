import type { Actor, Network, Store } from '@hushgrid/mdms'
import type { ObisCode } from '@hushgrid/primitives'
import type { SlotRange } from '@hushgrid/statistics'
import type { Cell } from './tables.ts'

/** Start of the year 9999: later than anything in a store. Unix milliseconds. */
export const LATEST = Date.UTC(9999, 0)

/** An account that looks at the store, and the times it asks for. */
export interface Viewer {
  readonly store: Store
  /** Signed in. */
  readonly actor: Actor
  /** Unix milliseconds, [from, until); 0 and {@link LATEST} where no time was given. */
  readonly times: { readonly from: number; readonly until: number }
}

/** Parameters of a view of one network. */
export interface Question extends Viewer {
  readonly network: Network
  /** Slots that begin within the times. */
  readonly range: SlotRange
  /** Says that a time was given, so that the range is what was meant and not all there is. */
  readonly bounded: boolean
  readonly lane: ObisCode
  readonly zone: string
  readonly count: number
  /** Asks for CSV, which the store itself makes of totals. */
  readonly csv: boolean
}

interface Columns {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

/** Result of a command, in the three forms that it can be asked for in. */
export interface View {
  /** Lines above the table, and below it, for people. */
  readonly before: readonly string[]
  readonly table: Columns | undefined
  readonly after: readonly string[]
  /** In Wh; finished text, where the store makes it. */
  readonly csv: Columns | string
  /** In Wh. */
  readonly json: unknown
}
