// The lines of events.jsonl: each has its moments, the rest depends on its type.
import { type Millis, slotAt } from '@hushgrid/primitives'
import { z } from 'zod'
import type { LabEvent } from '../../neighbourhood/events.ts'
import { type RunSlot, runSlot } from './slots.ts'

const moments = {
  /** Real time, UTC; null in virtual time. */
  time: z.iso.datetime().nullable(),
  /** The protocol's clock, UTC; before the first slot it stands. */
  protocolTime: z.iso.datetime(),
  /** Slot that the event is about, or the one that its protocol time is in. */
  slot: z.int().nonnegative()
}
const count = z.int().nonnegative()
// A newcomer that nobody has a number for is -1.
const meter = z.int().min(-1)
const party = z.union([meter, z.enum(['aggregator', 'registrar', 'nobody known'])])
const some = z.union([z.array(meter), z.literal('all')])

const type = <Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.strictObject({ type: z.literal(name), ...moments, ...shape })

/** Types of events in the order of docs/data.md. */
const TYPES = [
  type('join', { meter }),
  type('leave', { meter }),
  type('crash', { meter }),
  type('restart', { meter }),
  type('role-crash', { role: z.enum(['aggregator', 'registrar']) }),
  type('role-restart', { role: z.enum(['aggregator', 'registrar']) }),
  type('partition', { meters: z.array(meter) }),
  type('heal', {}),
  type('delay', { meters: some, seconds: z.number() }),
  type('loss', { meters: some, rate: z.number() }),
  type('skew', { meter, seconds: z.number() }),
  type('attack', {
    by: z.enum(['aggregator', 'registrar', 'members']),
    what: z.string(),
    meter: meter.optional(),
    meters: z.array(meter).optional()
  }),
  type('roster', { epoch: count, members: count, degree: count, neighbours: count.optional(), why: z.string().optional() }),
  type('change', { change: z.enum(['join', 'leave', 'absent', 'return']), meter, epoch: count }),
  type('fault', { who: party, what: z.string() }),
  type('evidence', { against: party, what: z.string() }),
  type('note', { text: z.string() }),
  type('warning', { text: z.string() }),
  type('started', { startupMs: z.number().nullable() }),
  type('slot', { row: runSlot }),
  type('summary', {
    summary: z.looseObject({}),
    report: z.string().nullable(),
    churn: z.string().optional(),
    mode: z.string(),
    load: z.looseObject({}).optional(),
    doubleMask: z.looseObject({}).optional()
  })
] as const

/** Schema of a line. */
export const runEvent = z.discriminatedUnion('type', TYPES)
export type RunEvent = z.output<typeof runEvent>

/** Names of the types, in the same order. */
export const EVENT_TYPES: readonly RunEvent['type'][] = TYPES.map(({ shape }) => shape.type.value)

/** Event as a report takes it; a run in virtual time measures less of its slots. */
export type ReportEvent =
  | Exclude<LabEvent, { type: 'slot' | 'summary' }>
  | { readonly type: 'slot'; readonly row: RunSlot }
  | (Omit<Summary, 'summary' | 'load'> & Partial<Pick<Summary, 'load'>> & { readonly summary: object })

type Summary = Extract<LabEvent, { type: 'summary' }>

/** Gives an event its moments. An event of a slot keeps it; any other is of the slot in which it happens. */
export function stamped(event: ReportEvent, real: Date | null, protocol: Millis, slotSeconds: number): object {
  const about = event.type === 'slot' ? { slot: event.row.slot } : {}
  return {
    time: real === null ? null : real.toISOString(),
    protocolTime: new Date(protocol).toISOString(),
    slot: slotAt(protocol, slotSeconds),
    ...about,
    ...event
  }
}
