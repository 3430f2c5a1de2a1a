import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Flushes a folder to the disk, so that a file just made or renamed in it outlives a loss of power. */
export function flushFolder(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
