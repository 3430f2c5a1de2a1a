// The slots of a run: their fields in run.json, their columns in slots.csv and slots.parquet. A new field takes a line in
// the shape and one in the columns; docs/data.md is held against both.
import { csvRow, type ObisCode, withheldReasons } from '@hushgrid/primitives'
import { z } from 'zod'

/** Reason of a slot that was over before anybody published a result. */
export const NO_RESULT = 'no result'

const count = z.int().nonnegative()
const meters = z.array(z.int())
const energies = z.record(z.string(), z.string().regex(/^-?\d+$/))

/** A slot in run.json; what a run cannot measure is null. */
export const runSlot = z.object({
  slot: count,
  start: z.iso.datetime(),
  epoch: count,
  members: count,
  entries: count,
  submitted: count,
  missing: count,
  missingMeters: meters,
  recovered: count,
  releases: count,
  refused: z.array(z.object({ by: z.int(), reason: z.string() })),
  disputed: meters,
  lost: z.boolean(),
  busy: z.boolean(),
  named: meters,
  reason: z.string().optional(),
  exact: z.boolean(),
  total: energies.nullable(),
  withheld: z.record(z.string(), z.object({ able: count, of: count, needed: count })),
  expected: energies,
  latencyMs: z.number().nullable(),
  sinceEndMs: z.number().nullable(),
  protocolMs: z.number().nullable(),
  units: z.number().nullable(),
  rounds: count.nullable(),
  slotMs: z.number().positive().nullable(),
  lagMs: z.number().nonnegative().nullable(),
  cpuMs: z.number().nullable(),
  bytes: z.number().nullable(),
  verifiedBy: count
})
type Mutable = z.output<typeof runSlot>
type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T
/** A slot as every run's report has it. */
export type RunSlot = DeepReadonly<Mutable>

/** Value of a column: `energy` is a whole number that can pass 2^53, `time` a moment in UTC, `text` may be a list of meters. */
export type ColumnType = 'count' | 'number' | 'boolean' | 'time' | 'text' | 'energy'

/**
 * Ground of a figure: `records` are the signed messages beside the report, `report` is what follows from the report's other
 * figures, and `lab` is measured, or known to the lab alone, so that nobody can check it afterwards.
 */
type Ground = 'records' | 'report' | 'lab'

type Cell = string | number | boolean | bigint | null

export interface Column {
  readonly name: string
  readonly type: ColumnType
  readonly unit?: string
  readonly about: string
  readonly ground: Ground
  readonly of: (slot: RunSlot) => Cell
}

/** Columns of the fields of a slot: name, type, ground, what it is, unit. */
const FIELDS: readonly (readonly [name: keyof RunSlot, type: ColumnType, ground: Ground, about: string, unit?: string])[] = [
  ['slot', 'count', 'report', 'number of the slot since 1970'],
  ['start', 'time', 'report', 'its start by the protocol’s clock', 'UTC'],
  ['epoch', 'count', 'records', 'epoch of its roster'],
  ['members', 'count', 'records', 'present members of the roster'],
  ['entries', 'count', 'records', 'all members, the absent ones included'],
  ['submitted', 'count', 'records', 'readings in the total; of a lost slot, those that came'],
  ['missing', 'count', 'records', 'present members outside the total, or for want of whom the slot was lost'],
  ['recovered', 'count', 'records', 'missing members in spite of whom there is a total'],
  ['releases', 'count', 'records', 'mask releases that the aggregator took'],
  ['refused', 'count', 'lab', 'meters that refused a request'],
  ['disputed', 'count', 'lab', 'meters that disputed'],
  ['lost', 'boolean', 'records', 'true without a total'],
  ['reason', 'text', 'records', 'why it was lost'],
  ['busy', 'boolean', 'report', 'true where it was lost because the machine was late'],
  ['exact', 'boolean', 'report', 'true where the total is the sum of its contributors’ readings'],
  ['latencyMs', 'number', 'lab', 'from the deadline to the total, below 0 before it; none in virtual time', 'real ms'],
  ['sinceEndMs', 'number', 'lab', 'from the slot’s end to the total; none in virtual time', 'real ms'],
  ['protocolMs', 'number', 'lab', 'from the slot’s end to the total by the protocol’s clock', 'protocol ms'],
  ['units', 'number', 'report', 'the same in units, sixteenths of a slot', 'u'],
  ['rounds', 'count', 'records', 'message rounds to the total: submissions, each request with its answers, each hop beyond the collector'],
  ['slotMs', 'number', 'report', 'real length of the slot; none in virtual time', 'real ms'],
  ['lagMs', 'number', 'lab', 'longest lateness of an event loop from the slot’s end to its result; none in virtual time', 'real ms'],
  ['cpuMs', 'number', 'lab', 'CPU time of all nodes; none in virtual time', 'ms'],
  ['bytes', 'count', 'lab', 'written to sockets by all nodes; none in virtual time', 'B'],
  ['verifiedBy', 'count', 'lab', 'meters that checked the total’s signature'],
  ['missingMeters', 'text', 'records', 'the missing by number'],
  ['named', 'text', 'records', 'meters that a loss names']
]

/** Columns of slots.csv before those of the lanes. */
export const COLUMNS: readonly Column[] = FIELDS.map(([name, type, ground, about, unit]) => ({
  ...{ name, type, ground, about, ...(unit !== undefined && { unit }) },
  of: slot => cellOf(slot[name], type)
}))

/** Gives a field's cell: of a list its length, or what is in it. */
function cellOf(value: RunSlot[keyof RunSlot], type: ColumnType): Cell {
  if (Array.isArray(value)) return type === 'count' ? value.length : value.join(' ') || null
  return (value ?? null) as Cell
}

/** Gives all columns of a network with these lanes. */
export function columnsOf(lanes: readonly (ObisCode | string)[]): readonly Column[] {
  const energy = (values: Readonly<Record<string, string>> | null, lane: string): bigint | null => {
    const value = values?.[lane]
    return value === undefined ? null : BigInt(value)
  }
  return [
    ...COLUMNS,
    ...lanes.flatMap((lane): Column[] => [
      {
        name: `total ${lane} Wh`,
        type: 'energy',
        unit: 'Wh',
        about: 'the published total',
        ground: 'records',
        of: slot => energy(slot.total, lane)
      },
      {
        name: `expected ${lane} Wh`,
        type: 'energy',
        unit: 'Wh',
        about: 'the true sum',
        ground: 'lab',
        of: slot => energy(slot.expected, lane)
      }
    ]),
    {
      ...{ name: 'withheld', type: 'text', ground: 'records', of: slot => withheldReasons(slot.withheld) || null },
      about: 'why lanes have no total'
    }
  ]
}

/** Writes the first line of slots.csv. */
export function slotsHeader(columns: readonly Column[]): string {
  return csvLine(columns.map(({ name }) => name))
}

/** Writes a line of slots.csv, quoted as RFC 4180 says. */
export function slotLine(columns: readonly Column[], slot: RunSlot): string {
  return csvLine(columns.map(column => column.of(slot)))
}

/** Writes cells as a line of a table of a report; no value is an empty cell. */
export function csvLine(cells: readonly (string | number | boolean | bigint | null | undefined)[]): string {
  return csvRow(cells.map(cell => String(cell ?? '')))
}
