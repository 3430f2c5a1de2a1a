import type { Actor, Network, Store } from '@hushgrid/mdms'
import type { ObisCode } from '@hushgrid/primitives'
import type { SlotRange } from '@hushgrid/statistics'
import type { Cell } from './tables.ts'

/** Start of the year 9999: later than anything in a store. Unix milliseconds. */
export const LATEST = Date.UTC(9999, 0)

/** An account that looks at the store, and the times it asks for. */
export interface Viewer {
  readonly store: Store
  /** Signed-in account, in its role. */
  readonly actor: Actor
  /** Times, Unix milliseconds, [from, until); 0 and {@link LATEST} where none was given. */
  readonly times: { readonly from: number; readonly until: number }
}

/** Gives the slots that begin within times; undefined where there is none. */
export function slotsWithin({ from, until }: Viewer['times'], slotSeconds: number): SlotRange | undefined {
  const length = slotSeconds * 1000
  const range = { from: Math.ceil(from / length), until: Math.ceil(until / length) }
  return range.from < range.until ? range : undefined
}

/** Parameters of a view of one network. */
export interface Question extends Viewer {
  readonly network: Network
  /** Slots that begin within the times. */
  readonly range: SlotRange
  readonly lane: ObisCode
  readonly zone: string
  readonly count: number
  /** True where CSV is wanted, which the store itself makes of totals. */
  readonly csv: boolean
}

interface Columns {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

/** Result of a command, in each form that it can be asked for. */
export interface View {
  /** Lines above and below the table, for people. */
  readonly before: readonly string[]
  readonly table: Columns | undefined
  readonly after: readonly string[]
  /** CSV in Wh; finished text where the store makes it. */
  readonly csv: Columns | string
  /** Value for JSON, in Wh. */
  readonly json: unknown
}
