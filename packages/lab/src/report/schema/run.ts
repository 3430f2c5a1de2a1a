// run.json of every run, live or in virtual time, of every contender.
import { HushgridError, obisCode } from '@hushgrid/primitives'
import { expectations } from '@hushgrid/scenarios'
import { z } from 'zod'
import { runSlot } from './slots.ts'

/** Version of the schema of run.json, slots.csv and events.jsonl together. */
export const RUN_FORMAT = 'hushgrid-run/3'

const count = z.int().nonnegative()
const measured = z.number().nullable()

/** Change of the membership, a row of membership.csv. */
const change = z.object({
  slot: count,
  kind: z.enum(['join', 'leave', 'crash', 'return', 'absent']),
  meter: z.int(),
  epoch: count.optional(),
  messages: z.number(),
  bytes: z.number(),
  keyAgreements: z.object({ own: z.number(), others: z.number(), again: z.number() }),
  touched: z.array(z.int()),
  deltaBytes: z.number(),
  changesInDelta: z.number(),
  milliseconds: z.number().optional()
})

const churn = z.object({
  summary: z.object({
    ...{ slots: count, joins: count, leaves: count, crashes: count, returns: count },
    ...{ exact: count, wrong: count, lost: count, busy: count.optional(), recovered: count },
    ...{ joinOwnAgreements: z.number(), joinOtherAgreements: z.number(), joinBytes: z.number() }
  }),
  changes: z.array(change),
  faults: z.array(z.looseObject({ slot: z.int(), what: z.string() })),
  withoutEffect: z.array(z.looseObject({ operation: z.string(), why: z.string() }))
})

/** A run's slots taken together; medians are over the slots with a total. */
const summary = z.object({
  ...{ slots: count, exact: count, lost: count, busy: count, members: count, degree: count },
  ...{ medianCpuMs: measured, medianLatencyMs: measured, medianProtocolMs: measured, medianUnits: measured, medianRounds: measured },
  ...{ bytesPerSlot: measured, keyAgreements: measured, rssBytes: measured }
})

/** Load of the machine, and the verdict on it. */
const load = z.looseObject({
  average: z.object({ start: z.number(), end: z.number() }),
  cores: z.object({ all: z.number(), own: z.number(), others: z.number() }),
  lagMs: z.object({ median: z.number(), worst: z.number() }),
  verdict: z.enum(['busy machine', 'quiet machine']),
  reason: z.string()
})

const network = z.looseObject({
  name: z.string(),
  slotSeconds: z.int().positive(),
  members: count.optional(),
  recovery: z.string().optional(),
  minMembers: count.optional(),
  lanes: z.array(z.looseObject({ obis: z.string().transform(obisCode), support: z.int(), maxReading: z.int().optional() }))
})

/** Configuration that was asked for; what one kind of run or one contender does not have is left out. */
const configuration = z.looseObject({
  network,
  slotMs: z.number().positive().optional(),
  mode: z.string().optional(),
  members: count.optional(),
  /** Degree of the first roster, of a run in virtual time. */
  degree: count.optional(),
  /** Homes that can fill each lane. */
  canFill: z.record(z.string(), count).optional(),
  pes: z.object({ variant: z.string(), bits: count }).optional(),
  churn: z.looseObject({ scenario: z.looseObject({ expect: expectations.optional() }) }).optional()
})

/** Findings that only virtual time has. */
const virtual = z.looseObject({
  evidence: z.array(z.looseObject({ against: z.union([z.int(), z.string()]), what: z.string() })),
  violations: z.array(z.string()),
  expectations: z.looseObject({ failed: z.array(z.string()) })
})

export const runShape = z.object({
  format: z.literal(RUN_FORMAT),
  /** `virtual` has no real time and no sockets: what would be measured there is null. */
  kind: z.enum(['live', 'virtual']),
  /** The contender's name. */
  contender: z.string(),
  started: z.iso.datetime(),
  configuration,
  seed: z.string(),
  /** Kind of the signatures in the records; `stand-in` cannot be checked. */
  signatures: z.enum(['ed25519', 'stand-in']),
  versions: z.record(z.string(), z.string()),
  /** Commit of the checkout, and whether files differed from it; null where there is none. */
  commit: z.string().nullable(),
  changed: z.boolean().nullable(),
  machine: z.looseObject({}),
  load: load.nullable(),
  /** Public keys of the roles, and of the meters by number: nothing of them is secret. */
  keys: z.record(z.string(), z.string()),
  meters: z.array(z.object({ meter: z.int(), id: z.string() })),
  startup: z.object({ readyMs: measured, firstTotalMs: measured }),
  memory: z.object({ rssBytes: measured }),
  wire: z.object({ bytesPerSubmission: measured, bytesPerSlot: measured }),
  keyAgreements: measured,
  credentialChecks: measured,
  dropped: z.record(z.string(), count),
  summary,
  slots: z.array(runSlot),
  churn,
  /** Cost of double masking, of a live run with it; then what only virtual time knows. */
  doubleMask: z.looseObject({}).optional(),
  virtual: virtual.optional()
})
export type RunDocument = z.output<typeof runShape>

/** Reads the schema's fields of a document. @throws HushgridError naming the first that does not fit */
export function parseRun(content: unknown, where: string): RunDocument {
  const parsed = runShape.safeParse(content)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new HushgridError(`${where}: expected a report of this version, got another (${issue?.path.join('.')}: ${issue?.message})`)
}
