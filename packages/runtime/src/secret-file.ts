import { chmodSync, closeSync, constants, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { HushgridError } from '@hushgrid/primitives'

/** A file that should be there and readable by its owner only, and is not. */
export class SecretFileError extends HushgridError {
  override name = 'SecretFileError'
}

/**
 * Reads a secret, or makes it where there is none yet: created once, readable by its owner only, on disk before this
 * returns.
 *
 * @param make - called where the file does not exist
 * @param flush - whether it has to outlive a loss of power; a lab's keys need not
 * @returns the bytes, and whether they were just made
 * @throws SecretFileError where others may read the file or it has another length
 */
export function readOrCreateSecret(
  path: string,
  length: number,
  make: () => Uint8Array,
  flush = true
): { secret: Uint8Array; created: boolean } {
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new SecretFileError(`${path}: expected to create it (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`)
    }
    return { secret: readSecret(path, length), created: false }
  }
  try {
    // The umask may have taken bits away, never added any; said again because it is the point of the file.
    chmodSync(path, 0o600)
    const secret = make()
    writeSync(descriptor, secret)
    if (flush) fsyncSync(descriptor)
    return { secret, created: true }
  } finally {
    closeSync(descriptor)
  }
}

function readSecret(path: string, length: number): Uint8Array {
  const mode = statSync(path).mode & 0o777
  if ((mode & 0o077) !== 0) {
    throw new SecretFileError(`${path}: expected to be readable by its owner only (mode 600), got mode ${mode.toString(8)}`)
  }
  const secret = new Uint8Array(readFileSync(path))
  if (secret.byteLength !== length) throw new SecretFileError(`${path}: expected ${length} bytes, got ${secret.byteLength}`)
  return secret
}
