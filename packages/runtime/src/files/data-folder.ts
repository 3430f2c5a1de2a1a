import { chmodSync, closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { HushgridError } from '@hushgrid/primitives'
import { checkFolderRole, type FolderRole } from './folder-role.ts'
import { makeFolder } from './make-folder.ts'

/** Data directory that cannot be used, or that another process uses. */
export class DataFolderError extends HushgridError {
  override name = 'DataFolderError'
}

/**
 * Claims a node's data directory for this process, and makes it where there is none, readable by its owner only. Two
 * processes with one meter's keys could submit two different readings for a slot.
 *
 * The claim is SQLite's lock on an empty file, since Node has no locks of its own. It goes with the process, however
 * that ends; a file with a process id in it would stay behind after a loss of power.
 *
 * @param role - role that the directory must be of, where it has been used before
 * @returns a function that gives the directory up again
 * @throws FolderError, DataFolderError, OtherRoleError
 */
export function claimDataFolder(path: string, role: FolderRole): () => void {
  checkFolderRole(path, role)
  const lock = join(path, 'lock')
  makeFolder(path)
  try {
    closeSync(openSync(lock, 'a', 0o600))
    chmodSync(lock, 0o600)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new DataFolderError(`${path}: expected a data directory that can be written to, got ${code}`)
  }
  const database = new DatabaseSync(lock)
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    // 5 is SQLITE_BUSY.
    const busy = (cause as { errcode?: number }).errcode === 5
    throw new DataFolderError(
      `${path}: expected a data directory of our own, got one that ${busy ? 'another running node uses' : `cannot be locked (${(cause as Error).message})`}`
    )
  }
  return () => database.close()
}
