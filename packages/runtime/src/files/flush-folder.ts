import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Flushes a folder to the disk, so that a file that was just made in it, or renamed, outlives a loss of power. */
export function flushFolder(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
