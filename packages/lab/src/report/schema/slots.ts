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

export interface Column {
  readonly name: string
  readonly type: ColumnType
  readonly unit?: string
  readonly about: string
  readonly ground: Ground
  readonly of: (slot: RunSlot) => string | number | boolean | bigint | null
}

/** Columns of slots.csv before those of the lanes. */
export const COLUMNS: readonly Column[] = [
  { name: 'slot', type: 'count', about: 'number of the slot since 1970', ground: 'report', of: slot => slot.slot },
  { name: 'start', type: 'time', unit: 'UTC', about: 'its start by the protocol’s clock', ground: 'report', of: slot => slot.start },
  { name: 'epoch', type: 'count', about: 'epoch of its roster', ground: 'records', of: slot => slot.epoch },
  { name: 'members', type: 'count', about: 'present members of the roster', ground: 'records', of: slot => slot.members },
  { name: 'entries', type: 'count', about: 'all members, the absent ones included', ground: 'records', of: slot => slot.entries },
  {
    ...{ name: 'submitted', type: 'count', ground: 'records', of: slot => slot.submitted },
    about: 'readings in the total; of a lost slot, those that came'
  },
  {
    ...{ name: 'missing', type: 'count', ground: 'records', of: slot => slot.missing },
    about: 'present members outside the total, or for want of whom the slot was lost'
  },
  {
    name: 'recovered',
    type: 'count',
    about: 'missing members in spite of whom there is a total',
    ground: 'records',
    of: slot => slot.recovered
  },
  { name: 'releases', type: 'count', about: 'mask releases that the aggregator took', ground: 'records', of: slot => slot.releases },
  { name: 'refused', type: 'count', about: 'meters that refused a request', ground: 'lab', of: slot => slot.refused.length },
  { name: 'disputed', type: 'count', about: 'meters that disputed', ground: 'lab', of: slot => slot.disputed.length },
  { name: 'lost', type: 'boolean', about: 'true without a total', ground: 'records', of: slot => slot.lost },
  { name: 'reason', type: 'text', about: 'why it was lost', ground: 'records', of: slot => slot.reason ?? null },
  { name: 'busy', type: 'boolean', about: 'true where it was lost because the machine was late', ground: 'report', of: slot => slot.busy },
  {
    ...{ name: 'exact', type: 'boolean', ground: 'report', of: slot => slot.exact },
    about: 'true where the total is the sum of its contributors’ readings'
  },
  {
    ...{ name: 'latencyMs', type: 'number', unit: 'real ms', ground: 'lab', of: slot => slot.latencyMs },
    about: 'from the deadline to the total, below 0 before it; none in virtual time'
  },
  {
    ...{ name: 'sinceEndMs', type: 'number', unit: 'real ms', ground: 'lab', of: slot => slot.sinceEndMs },
    about: 'from the slot’s end to the total; none in virtual time'
  },
  {
    ...{ name: 'protocolMs', type: 'number', unit: 'protocol ms', ground: 'lab', of: slot => slot.protocolMs },
    about: 'from the slot’s end to the total by the protocol’s clock'
  },
  { name: 'units', type: 'number', unit: 'u', about: 'the same in units, sixteenths of a slot', ground: 'report', of: slot => slot.units },
  {
    ...{ name: 'rounds', type: 'count', ground: 'records', of: slot => slot.rounds },
    about: 'message rounds to the total: submissions, each request with its answers, each hop beyond the collector'
  },
  {
    ...{ name: 'slotMs', type: 'number', unit: 'real ms', ground: 'report', of: slot => slot.slotMs },
    about: 'real length of the slot; none in virtual time'
  },
  {
    ...{ name: 'lagMs', type: 'number', unit: 'real ms', ground: 'lab', of: slot => slot.lagMs },
    about: 'longest lateness of an event loop from the slot’s end to its result; none in virtual time'
  },
  {
    ...{ name: 'cpuMs', type: 'number', unit: 'ms', ground: 'lab', of: slot => slot.cpuMs },
    about: 'CPU time of all nodes; none in virtual time'
  },
  {
    ...{ name: 'bytes', type: 'count', unit: 'B', ground: 'lab', of: slot => slot.bytes },
    about: 'written to sockets by all nodes; none in virtual time'
  },
  { name: 'verifiedBy', type: 'count', about: 'meters that checked the total’s signature', ground: 'lab', of: slot => slot.verifiedBy },
  {
    ...{ name: 'missingMeters', type: 'text', ground: 'records', of: slot => slot.missingMeters.join(' ') || null },
    about: 'the missing by number'
  },
  { name: 'named', type: 'text', about: 'meters that a loss names', ground: 'records', of: slot => slot.named.join(' ') || null }
]

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
