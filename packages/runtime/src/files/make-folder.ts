import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { HushgridError } from '@hushgrid/primitives'

/** Path at which there is no folder, and none can be made. */
export class FolderError extends HushgridError {
  override name = 'FolderError'
  /** Error code of the system. */
  readonly code: string

  constructor(path: string, code: string) {
    super(`${path}: expected a folder that can be written to, got ${code}`)
    this.code = code
  }
}

const OWNER_ONLY = 0o700

/**
 * Makes a folder and its parents. Node's own recursive form never returns where a parent refuses folders, as /proc does.
 *
 * @param mode - of the folders that are made, less the umask; for their owner only where it is left out
 * @throws FolderError
 */
export function makeFolder(path: string, mode = OWNER_ONLY): void {
  try {
    make(resolve(path), mode)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === undefined) throw cause
    throw new FolderError(path, code)
  }
}

function make(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EEXIST' && statSync(path).isDirectory()) return
    if (code !== 'ENOENT' || dirname(path) === path) throw cause
    make(dirname(path), mode)
    // Fails again, without another round, where the parent is there and refuses.
    mkdirSync(path, { mode })
  }
}
