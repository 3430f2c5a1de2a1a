import { readFileSync } from 'node:fs'
import { HushgridError } from '@hushgrid/primitives'

/** A file that a person named and that cannot be read. */
export class UnreadableFileError extends HushgridError {
  override name = 'UnreadableFileError'
}

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'one that may not be read',
  EPERM: 'one that may not be read',
  EISDIR: 'a folder'
}

/**
 * A file's text, UTF-8.
 *
 * @param what - what the file should hold, for the error: `a network file`
 * @throws UnreadableFileError
 */
export function readTextFile(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new UnreadableFileError(`${path}: expected ${what}, got ${CAUSES[code ?? ''] ?? code ?? String(cause)}`)
  }
}
