// Schema of what an evaluation's folder keeps, for reading it back. Keys that it does not know are left in place: a later
// version may have written them.
import { type ComparedEnvironment, ROLES } from '@hushgrid/lab'
import { z } from 'zod'
import type { RunOrder } from '../record/order.ts'
import type { EvaluatedRun, RunPoint } from '../record/run.ts'

const count = z.int().nonnegative()
const amount = z.number().nonnegative()
const moment = z.iso.datetime()
const fraction = z.number().min(0).lt(1)
const role = z.enum(ROLES)

const pointSchema: z.ZodType<RunPoint> = z.object({
  contender: z.string().min(1),
  drive: z.enum(['simulated', 'live']),
  n: z.int().positive(),
  degree: z.int().positive().nullable(),
  bits: z.int().positive().nullable(),
  lanes: z.int().positive(),
  dropout: fraction,
  churn: z.string().nullable(),
  gamma: fraction.nullable(),
  delayMs: amount,
  loss: fraction,
  repeat: count
})

export const orderSchema: z.ZodType<RunOrder> = z.object({
  point: pointSchema,
  seed: z.string(),
  slots: z.int().positive(),
  warmUpSlots: count,
  slotSeconds: z.number().positive(),
  lanes: z.array(z.string()).min(1),
  changes: z.boolean(),
  data: z.string().optional()
})

const cost = z.object({
  cpuMs: amount,
  sentMessages: count,
  receivedMessages: count,
  sentBytes: amount,
  receivedBytes: amount,
  sentWire: amount.nullable(),
  receivedWire: amount.nullable(),
  work: z.record(z.string(), amount).optional()
})
const roles = z.partialRecord(role, cost)

const slot = z.object({
  index: count,
  phase: z.enum(['steady', 'join', 'leave', 'crash', 'churn']),
  members: count,
  submitted: count,
  missing: count,
  recovered: count,
  outcome: z.enum(['total', 'lost']),
  reason: z.string().optional(),
  late: z.boolean(),
  busy: z.boolean(),
  exact: z.boolean().nullable(),
  rounds: z.number().nullable(),
  sinceEndMs: z.number().nullable(),
  roles
})

const change = z.object({
  kind: z.enum(['join', 'leave', 'crash']),
  messages: z.number(),
  bytes: z.number(),
  cpuMs: z.number(),
  keyAgreements: z.number().nullable(),
  lostSlots: count
})

export const runSchema = z.object({
  format: z.literal('hushgrid-evaluation-run/1'),
  point: pointSchema,
  seed: z.string(),
  started: moment,
  ended: moment,
  slotSeconds: z.number().positive(),
  warmUpSlots: count,
  parties: z.partialRecord(role, count),
  setup: z.object({ ms: amount.nullable(), roles }),
  slots: z.array(slot),
  changes: z.array(change),
  storage: z.partialRecord(role, z.object({ dayBytes: amount, monthBytes: amount })),
  memory: z.partialRecord(role, amount),
  disturbed: z.boolean(),
  disturbance: z.string().optional(),
  replaces: count.optional(),
  violations: z.array(z.string())
}) as unknown as z.ZodType<EvaluatedRun>

export const failureSchema = z.object({ point: pointSchema, failed: z.string().min(1) })

const environmentSchema: z.ZodType<ComparedEnvironment> = z.object({
  node: z.string(),
  openssl: z.string(),
  platform: z.string(),
  cpu: z.string(),
  cores: z.int().positive(),
  memoryBytes: z.number().positive(),
  versions: z.record(z.string(), z.string()),
  commit: z.string().nullable(),
  changed: z.boolean().nullable()
})

export const headSchema = z.object({
  format: z.literal('hushgrid-evaluation/1'),
  name: z.string().min(1),
  command: z.string(),
  started: moment,
  seed: z.string(),
  readings: z.string(),
  lanes: z.array(z.string()).min(1),
  exhibits: z.array(z.string()),
  environment: environmentSchema,
  basis: z.object({ code: z.string(), data: z.string().nullable(), churn: z.record(z.string(), z.string()).optional() })
})
