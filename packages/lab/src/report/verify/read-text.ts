// Text files of a report: one that cannot be read is a problem of the report, in one sentence.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeText } from '@hushgrid/primitives'

/** File of a report, and its content in a few words. */
export interface ReportFile {
  readonly name: string
  readonly what: string
}

/** Reads a file, or says why not. */
export function readText(folder: string, { name, what }: ReportFile): { readonly text: string | undefined; readonly problems: string[] } {
  try {
    return { text: decodeText(readFileSync(join(folder, name))), problems: [] }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === undefined) throw cause
    return { text: undefined, problems: [`${name}: expected ${what}, got ${code === 'ENOENT' ? 'no such file' : code}`] }
  }
}
