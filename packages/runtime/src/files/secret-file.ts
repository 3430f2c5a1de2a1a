// Keys and other secrets in files: made once, whole on disk before they are used, readable by their owner only.
import { chmodSync, closeSync, constants, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { HushgridError } from '@hushgrid/primitives'
import { flushFolder } from './flush-folder.ts'

/** Secret's file that is missing, or that others than its owner can read. */
export class SecretFileError extends HushgridError {
  override name = 'SecretFileError'
}

/**
 * Reads a secret, or makes it where there is none yet: readable by its owner only, and on disk before this returns.
 *
 * @param length - in bytes; undefined for any length up to 64 KiB
 * @param make - called where the file does not exist
 * @param flush - makes it outlive a loss of power; a lab's keys need not
 * @returns the bytes, and whether they were just made
 * @throws SecretFileError where others may read the file or it has another length
 */
export function readOrCreateSecret(
  path: string,
  length: number | undefined,
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
    // The umask can only take bits away; set again because it is the point of the file.
    chmodSync(path, 0o600)
    const secret = make()
    if (!hasLength(secret, length))
      throw new SecretFileError(`${path}: expected to make ${length ?? 'some'} bytes, got ${secret.byteLength}`)
    const written = writeSync(descriptor, secret)
    if (written !== secret.byteLength) throw new SecretFileError(`${path}: expected to write ${secret.byteLength} bytes, wrote ${written}`)
    if (flush) {
      fsyncSync(descriptor)
      flushFolder(dirname(path))
    }
    return { secret, created: true }
  } catch (cause) {
    // Half a secret would be refused at every later start.
    rmSync(path, { force: true })
    const { code } = cause as NodeJS.ErrnoException
    if (cause instanceof HushgridError || code === undefined) throw cause
    throw new SecretFileError(`${path}: expected to write it (${code})`)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Writes a secret in place of an earlier one, if any: readable by its owner only, and on disk before this returns. A later
 * start reads either the old one or the new, whole.
 *
 * @throws SecretFileError where it cannot be written
 */
export function replaceSecret(path: string, secret: Uint8Array): void {
  const next = `${path}.next`
  let begun = false
  try {
    rmSync(next, { force: true })
    const descriptor = openSync(next, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    begun = true
    try {
      chmodSync(next, 0o600)
      const written = writeSync(descriptor, secret)
      if (written !== secret.byteLength)
        throw new SecretFileError(`${path}: expected to write ${secret.byteLength} bytes, wrote ${written}`)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(next, path)
    flushFolder(dirname(path))
  } catch (cause) {
    if (begun) rmSync(next, { force: true })
    const { code } = cause as NodeJS.ErrnoException
    if (cause instanceof HushgridError || code === undefined) throw cause
    throw new SecretFileError(`${path}: expected to write it (${code})`)
  }
}

const MOST_SECRET_BYTES = 64 * 1024

function hasLength({ byteLength }: Uint8Array, length: number | undefined, most = MOST_SECRET_BYTES): boolean {
  return length === undefined ? byteLength > 0 && byteLength <= most : byteLength === length
}

/**
 * @param most - bytes that it may have where `length` is not given; 64 KiB suits every secret
 * @throws SecretFileError where others may read the file, or it has another length
 */
export function readSecret(path: string, length: number | undefined, most = MOST_SECRET_BYTES): Uint8Array {
  let mode: number
  let secret: Uint8Array
  try {
    mode = statSync(path).mode & 0o777
    secret = new Uint8Array(readFileSync(path))
  } catch (cause) {
    throw new SecretFileError(`${path}: expected to read it (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`)
  }
  if ((mode & 0o077) !== 0) {
    throw new SecretFileError(`${path}: expected to be readable by its owner only (mode 600), got mode ${mode.toString(8)}`)
  }
  if (!hasLength(secret, length, most))
    throw new SecretFileError(`${path}: expected ${length ?? `1 to ${most}`} bytes, got ${secret.byteLength}`)
  return secret
}
