import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HushgridError } from '@hushgrid/primitives'

/**
 * A new folder of its owner's for keys and journals; in memory where the system has a place for that, so that no lab key
 * ever reaches a disk. Whoever asked for it removes it.
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
