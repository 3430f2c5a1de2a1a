// Reads run.json, whose claims a replay is compared with.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeText, HushgridError } from '@hushgrid/primitives'
import { parseRun, type RunDocument } from './schema/run.ts'

/** A run's report, as a replay is compared with it. */
export type RunFile = RunDocument

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
  return parseRun(jsonIn(text, path), path)
}

function jsonIn(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new HushgridError(`${where}: expected JSON, got something else (${(cause as Error).message})`)
  }
}
