import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HushgridError } from '@hushgrid/primitives'

/**
 * Makes a folder for keys and journals that only its owner can read; in memory where the system can, so that no lab key
 * ever reaches a disk. The caller removes it.
 */
export function stateFolder(prefix: string): string {
  for (const parent of ['/dev/shm', tmpdir()]) {
    try {
      return mkdtempSync(join(parent, prefix))
    } catch (cause) {
      if (parent === tmpdir())
        throw new HushgridError(`${parent}: expected a folder for the lab's keys (${(cause as NodeJS.ErrnoException).code})`)
    }
  }
  throw new HushgridError('expected a folder for temporary files')
}
