// The part of run.json that a replay is compared with.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeText, HushgridError, obisCode } from '@hushgrid/primitives'
import { z } from 'zod'

const runFile = z.object({
  format: z.literal('hushgrid-run/2'),
  configuration: z.object({
    /** Mode or name of a contender. */
    mode: z.string().default('dcnet'),
    network: z.object({
      name: z.string(),
      slotSeconds: z.int(),
      lanes: z.array(z.object({ obis: z.string().transform(obisCode), support: z.int() }))
    })
  }),
  // A run by concentrator and PES has no registrar.
  keys: z.object({ registrar: z.string().default('') }),
  slots: z.array(
    z.object({
      slot: z.int(),
      epoch: z.int(),
      lost: z.boolean(),
      total: z.record(z.string(), z.string()).nullable(),
      withheld: z.record(z.string(), z.object({ able: z.int(), of: z.int(), needed: z.int() }))
    })
  )
})

export type RunFile = z.output<typeof runFile>

/** Outcome of a replay. */
export interface RunVerdict {
  /** Lines for a person. */
  readonly lines: readonly string[]
  /** Claims of the report that do not hold; empty where the run is as reported. */
  readonly problems: readonly string[]
}

/** @throws HushgridError where the folder holds no run that can be read */
export function readRun(folder: string): RunFile {
  const path = join(folder, 'run.json')
  let text: string
  try {
    text = decodeText(readFileSync(path))
  } catch (cause) {
    throw new HushgridError(`${path}: expected the report of a finished run (${(cause as NodeJS.ErrnoException).code ?? 'unreadable'})`)
  }
  try {
    return runFile.parse(JSON.parse(text))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? `${cause.issues[0]?.path.join('.')}: ${cause.issues[0]?.message}` : 'no JSON'
    throw new HushgridError(`${path}: expected a report of this version, got another (${why})`)
  }
}
