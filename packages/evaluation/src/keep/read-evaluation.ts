// Reads an evaluation back from its folder, so that figures and tables can be made from it, then or years later.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { ComparedEnvironment } from '@hushgrid/lab'
import { decodeText, HushgridError } from '@hushgrid/primitives'
import { z } from 'zod'
import { runName } from '../plan/run-name.ts'
import type { Evaluation, EvaluationHead } from '../record/evaluation.ts'
import type { RunOrder } from '../record/order.ts'
import type { EvaluatedRun } from '../record/run.ts'
import type { Basis } from './basis.ts'
import { failureSchema, headSchema, orderSchema, runSchema } from './run-schema.ts'

/** Folder that holds no evaluation, or a file of one that cannot be read. */
class EvaluationFolderError extends HushgridError {
  override name = 'EvaluationFolderError'
}

/** Most bytes of an archive's runs: tens of thousands of them. */
const MOST_ARCHIVED = 1 << 29

/** `evaluation.json`. */
export interface KeptHead extends EvaluationHead {
  readonly environment: ComparedEnvironment
  readonly basis: Basis
}

/**
 * Reads an evaluation.
 *
 * @throws EvaluationFolderError
 */
export function readEvaluation(folder: string): Evaluation {
  const { basis, ...head } = readHead(folder)
  const runs: EvaluatedRun[] = []
  const missing: { point: RunOrder['point']; failed?: string }[] = []
  const archived = readArchive(folder)
  for (const { point } of readPlanned(folder)) {
    const name = runName(point)
    const isThere = existsSync(join(folder, 'runs', `${name}.json`))
    const run = archived ? archived.get(name) : isThere ? readRun(folder, name) : undefined
    if (run === undefined) missing.push({ point, ...failureOf(folder, name) })
    else runs.push(run)
  }
  return { ...head, runs, missing }
}

/** Name of the one file in which an archived evaluation keeps all its runs, a line each. */
export const ARCHIVE = 'runs.jsonl.gz'

/** Reads the runs of an archived evaluation by their names; undefined where they stand in files of their own. */
function readArchive(folder: string): ReadonlyMap<string, EvaluatedRun> | undefined {
  const file = join(folder, ARCHIVE)
  if (!existsSync(file)) return undefined
  let lines: readonly string[]
  try {
    lines = decodeText(gunzipSync(readFileSync(file), { maxOutputLength: MOST_ARCHIVED })).split('\n')
  } catch (cause) {
    throw new EvaluationFolderError(`${file}: expected compressed runs, got ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`)
  }
  const runs = lines.filter(line => line !== '').map((line, i) => fitting(`${file}, line ${i + 1}`, line, runSchema))
  return new Map(runs.map(run => [runName(run.point), run]))
}

/** Reads what was asked for. */
export function readHead(folder: string): KeptHead {
  return readJson(folder, 'evaluation.json', headSchema) as KeptHead
}

/** Reads the planned runs. */
export function readPlanned(folder: string): readonly RunOrder[] {
  return readJson(folder, 'planned.json', z.array(orderSchema))
}

/** Reads one run by its name. */
export function readRun(folder: string, name: string): EvaluatedRun {
  return readJson(folder, join('runs', `${name}.json`), runSchema)
}

function failureOf(folder: string, name: string): { readonly failed?: string } {
  const file = join('failed', `${name}.json`)
  return existsSync(join(folder, file)) ? { failed: readJson(folder, file, failureSchema).failed } : {}
}

/** @throws EvaluationFolderError where the file is not there, is no JSON, or does not fit the schema */
function readJson<T>(folder: string, name: string, schema: z.ZodType<T>): T {
  const file = join(folder, name)
  let text: string
  try {
    text = decodeText(readFileSync(file))
  } catch (cause) {
    throw new EvaluationFolderError(
      `${file}: expected a file of an evaluation, got ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`
    )
  }
  return fitting(file, text, schema)
}

/**
 * Reads a value.
 *
 * @param place - file, and line where it has several
 */
function fitting<T>(place: string, text: string, schema: z.ZodType<T>): T {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw new EvaluationFolderError(`${place}: expected a file of an evaluation, got no JSON`)
  }
  const parsed = schema.safeParse(content)
  // The schema's copy lacks keys that it does not know; the content has them.
  if (parsed.success) return content as T
  const [issue] = parsed.error.issues
  throw new EvaluationFolderError(`${place}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'expected a file of an evaluation'}`)
}
