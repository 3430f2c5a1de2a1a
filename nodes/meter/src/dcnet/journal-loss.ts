import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Notes beside a journal that it was lost, in an empty file that outlives a loss of power. */
export function noteLoss(path: string): void {
  const descriptor = openSync(path, 'a', 0o600)
  fsyncSync(descriptor)
  closeSync(descriptor)
}
