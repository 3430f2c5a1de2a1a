// Reads a comparison's files, so that tables and figures can be made from them again.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ComparedEnvironment, ROLES } from '@hushgrid/lab'
import { decodeText, HushgridError } from '@hushgrid/primitives'
import { z } from 'zod'
import { COMPARED_NAMES } from '../contenders.ts'
import type { ComparedResults } from './result.ts'

/** Failure to find or understand a comparison in a folder. */
export class ComparisonError extends HushgridError {
  override name = 'ComparisonError'
}

const count = z.int().nonnegative()
const amount = z.number().nonnegative()
const moment = z.iso.datetime()

const cost = z.strictObject({
  cpuMs: amount,
  sentBytes: amount,
  receivedBytes: amount,
  sentMessages: amount,
  receivedMessages: amount,
  sentPayload: amount,
  receivedPayload: amount
})
const role = z.enum(ROLES)
const roles = z.partialRecord(role, cost)

const slot = z.strictObject({
  start: moment,
  phase: z.enum(['steady', 'join', 'leave', 'crash', 'churn']),
  submitted: count,
  missing: count,
  recovered: count,
  lost: z.boolean(),
  reason: z.string().optional(),
  busy: z.boolean().optional(),
  lagMs: amount.optional(),
  exact: z.boolean(),
  withheld: z.record(z.string(), z.strictObject({ able: count, of: count, needed: count })).optional(),
  latencyMs: z.number().nullable(),
  sinceEndMs: z.number().nullable(),
  protocolMs: z.number().nullish(),
  units: z.number().nullish(),
  rounds: count.nullish(),
  roles
})

const change = z.strictObject({
  kind: z.enum(['join', 'leave', 'crash']),
  ms: amount.nullable(),
  extraCpuMs: z.number(),
  extraBytes: z.number(),
  extraMessages: z.number(),
  extraPayload: z.number(),
  keyAgreements: count.nullable(),
  lostSlots: count
})

const load = z.strictObject({
  average: z.strictObject({ start: amount, end: amount }),
  cores: z.strictObject({ all: z.int().positive(), own: amount, others: amount }),
  lagMs: z.strictObject({ median: amount, worst: amount }),
  verdict: z.enum(['busy machine', 'quiet machine']),
  reason: z.string()
})

const run = z.strictObject({
  mode: z.enum(COMPARED_NAMES),
  bits: z.int().positive().nullable(),
  n: z.int().positive(),
  degree: z.int().positive().nullable(),
  repeat: count,
  slotSeconds: z.number().positive(),
  slotMs: z.number().positive(),
  warmUpSlots: count,
  slots: z.array(slot),
  setup: z.strictObject({ ms: amount, roles }),
  changes: z.array(change),
  peakRssBytes: z.partialRecord(role, amount),
  drops: z.record(z.string(), count),
  load: load.optional(),
  replaces: count.optional()
})

const results: z.ZodType<ComparedResults> = z.strictObject({
  format: z.literal('hushgrid-compare/1'),
  command: z.string(),
  started: moment,
  ended: moment,
  seed: z.string(),
  readings: z.string(),
  lanes: z.array(z.string()),
  churn: z.string().nullable(),
  runs: z.array(run).min(1),
  missing: z.array(z.strictObject({ run: z.string(), failed: z.string().optional() })).optional()
})

const environment: z.ZodType<ComparedEnvironment> = z.strictObject({
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

/** @throws ComparisonError where the file is not there, is no JSON, or does not fit the schema */
function readJson<T>(folder: string, name: string, schema: z.ZodType<T>): T {
  const file = join(folder, name)
  let content: unknown
  try {
    content = JSON.parse(decodeText(readFileSync(file)))
  } catch (cause) {
    const got = cause instanceof SyntaxError ? 'no JSON' : ((cause as NodeJS.ErrnoException).code ?? String(cause))
    throw new ComparisonError(`${file}: expected the results of a comparison, got ${got}`)
  }
  const parsed = schema.safeParse(content)
  // The schema's copy has its keys in another order; the content itself is written again unchanged.
  if (parsed.success) return content as T
  const [issue] = parsed.error.issues
  throw new ComparisonError(`${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'expected the results of a comparison'}`)
}

/**
 * Reads the raw results of a comparison, and the environment of its measurements.
 *
 * @param folder - one that {@link writeComparison} wrote
 * @throws ComparisonError where the folder holds none
 */
export function readComparison(folder: string): { readonly results: ComparedResults; readonly environment: ComparedEnvironment } {
  return { results: readJson(folder, 'results.json', results), environment: readJson(folder, 'environment.json', environment) }
}
