import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Notes the loss of a journal in an empty file beside it, which outlives a loss of power. */
export function noteLoss(path: string): void {
  const descriptor = openSync(path, 'a', 0o600)
  fsyncSync(descriptor)
  closeSync(descriptor)
}
