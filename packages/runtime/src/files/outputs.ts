// Files and folders that a person names for results: tried before the work, which would be lost otherwise.
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { HushgridError } from '@hushgrid/primitives'
import { FolderError, makeFolder } from './make-folder.ts'

/** File or folder that results cannot be written to. */
export class OutputError extends HushgridError {
  override name = 'OutputError'
}

/** Mode of what a person asks for, less the umask. */
const FOR_ALL = 0o777

/**
 * Makes a folder for results where there is none, and tries to write into it.
 *
 * @param option - option that names it, for the message
 * @returns a function that removes what was made, as far as nothing is in it
 * @throws OutputError
 */
export function prepareFolder(option: string, path: string): () => void {
  const made = missing(resolve(path))
  const abandon = (): void => {
    for (const folder of made) if (existsSync(folder) && !removed(folder)) return
  }
  try {
    makeFolder(path, FOR_ALL)
    rmdirSync(mkdtempSync(join(path, '.hushgrid-')))
  } catch (cause) {
    abandon()
    throw new OutputError(`${option} ${path}: expected a folder that can be written to, got ${reasonOf(cause)}`)
  }
  return abandon
}

/**
 * Makes the folder of a file for results where there is none, and tries to write to the file, which stays as it is.
 *
 * @returns a function that removes the folders that were made, as far as nothing is in them
 * @throws OutputError
 */
export function prepareFile(option: string, file: string): () => void {
  const abandon = prepareFolder(option, dirname(file))
  const isThere = existsSync(file)
  try {
    closeSync(openSync(file, 'a'))
  } catch (cause) {
    abandon()
    throw new OutputError(`${option} ${file}: expected a file that can be written, got ${reasonOf(cause)}`)
  }
  if (!isThere) rmSync(file)
  return abandon
}

/**
 * Writes a file of results whole or not at all: a full disk leaves neither an empty file nor half of one, which would be
 * taken for the result or keep the next try from writing.
 *
 * @param more - `wx` for a file that must not be there yet
 * @throws OutputError where it cannot be written, as on a full disk
 */
export function writeResult(file: string, content: string | Uint8Array, more: { readonly mode?: number; readonly flag?: 'wx' } = {}): void {
  try {
    if (more.flag === 'wx') writeNew(file, content, more.mode)
    // A device or a pipe takes results too, and is not to be replaced by a file.
    else if (existsSync(file) && !statSync(file).isFile()) writeFileSync(file, content)
    else replaceWhole(realPathOf(file), content, more.mode)
  } catch (cause) {
    throw new OutputError(`${file}: expected a file that can be written, got ${reasonOf(cause)}`)
  }
}

function writeNew(file: string, content: string | Uint8Array, mode: number | undefined): void {
  const descriptor = openSync(file, 'wx', mode)
  try {
    writeFileSync(descriptor, content)
  } catch (cause) {
    rmSync(file, { force: true })
    throw cause
  } finally {
    closeSync(descriptor)
  }
}

/** Writes beside its place first; what was there before stays until all is written. */
function replaceWhole(file: string, content: string | Uint8Array, mode: number | undefined): void {
  const beside = join(dirname(file), `.${basename(file)}.${process.pid}.part`)
  try {
    writeNew(beside, content, mode)
    if (existsSync(file)) chmodSync(beside, statSync(file).mode & FOR_ALL)
    renameSync(beside, file)
  } catch (cause) {
    rmSync(beside, { force: true })
    throw cause
  }
}

/** Follows a link, whose target is written. */
function realPathOf(file: string): string {
  return existsSync(file) ? realpathSync(file) : file
}

/** Lists the folders of a path that are missing, the innermost first. */
function missing(path: string): readonly string[] {
  return existsSync(path) || dirname(path) === path ? [] : [path, ...missing(dirname(path))]
}

function removed(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch {
    // Something is in it by now, which stays.
    return false
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof FolderError) return cause.code
  const { code } = cause as NodeJS.ErrnoException
  if (code === undefined) throw cause
  return code
}
