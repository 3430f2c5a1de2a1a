import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { decodeText, HushgridError, meant } from '@hushgrid/primitives'

/** File that a person named and that cannot be read. */
export class UnreadableFileError extends HushgridError {
  override name = 'UnreadableFileError'
  /** Words for the file: `a network file`. */
  readonly what: string
  /** What is there in its place. */
  readonly got: string

  constructor(path: string, what: string, got: string) {
    super(`${path}: expected ${what}, got ${got}`)
    this.what = what
    this.got = got
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'one that may not be read',
  EPERM: 'one that may not be read',
  EISDIR: 'a folder'
}

/**
 * Reads a file that a person named, as text: UTF-8, or UTF-16 with a byte order mark, which is left out.
 *
 * @param what - words for the file in the error: `a network file`
 * @throws UnreadableFileError
 */
export function readTextFile(path: string, what: string): string {
  return decodeText(read(path, what))
}

/**
 * Reads a file that a person named, as bytes.
 *
 * @param what - words for the file in the error: `a bill`
 * @param most - bytes that it may have
 * @throws UnreadableFileError
 */
export function readBinaryFile(path: string, what: string, most: number): Uint8Array {
  const bytes = read(path, what)
  if (bytes.byteLength > most) throw new UnreadableFileError(path, what, `a file of ${bytes.byteLength} bytes`)
  return new Uint8Array(bytes)
}

function read(path: string, what: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new UnreadableFileError(path, what, (CAUSES[code ?? ''] ?? code ?? String(cause)) + (code === 'ENOENT' ? beside(path) : ''))
  }
}

/** Names the file of the same folder that was probably meant. */
function beside(path: string): string {
  const folder = dirname(path)
  return existsSync(folder) ? meant(basename(path), readdirSync(folder)) : ''
}
