// Keys and other secrets in files: made once, whole on disk before they are used, readable by their owner only.
import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync
} from 'node:fs'
import { dirname } from 'node:path'
import { HushgridError } from '@hushgrid/primitives'
import { flushFolder } from './flush-folder.ts'

/** Secret's file that is missing, or that others than its owner can read. */
export class SecretFileError extends HushgridError {
  override name = 'SecretFileError'
}

/**
 * Reads a secret, or makes it where there is none yet: readable by its owner only, and on disk before this returns. A process
 * that is killed meanwhile leaves no secret, or a whole one; of two that make it at once both go on with the first.
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
  if (existsSync(path)) return { secret: readSecret(path, length), created: false }
  const secret = make()
  if (!hasLength(secret, length)) throw new SecretFileError(`${path}: expected to make ${length ?? 'some'} bytes, got ${secret.byteLength}`)
  const next = `${path}.${randomUUID()}`
  const created = attempt(path, 'create', () => {
    try {
      writeNew(next, secret, path, flush)
      return linked(next, path)
    } finally {
      rmSync(next, { force: true })
      if (flush) flushFolder(dirname(path))
    }
  })
  return created ? { secret, created } : { secret: readSecret(path, length), created }
}

/** Gives a whole file its second name, unless something has that already. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    return false
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
  attempt(path, 'write', () => {
    rmSync(next, { force: true })
    try {
      writeNew(next, secret, path, true)
      renameSync(next, path)
    } catch (cause) {
      rmSync(next, { force: true })
      throw cause
    }
    flushFolder(dirname(path))
  })
}

/** Writes a file that is not there yet, readable by its owner only before anything is in it. */
function writeNew(next: string, secret: Uint8Array, path: string, flush: boolean): void {
  const descriptor = openSync(next, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  try {
    // The umask can only take bits away; set again because it is the point of the file.
    chmodSync(next, 0o600)
    const written = writeSync(descriptor, secret)
    if (written !== secret.byteLength) throw new SecretFileError(`${path}: expected to write ${secret.byteLength} bytes, wrote ${written}`)
    if (flush) fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function attempt<T>(path: string, what: string, action: () => T): T {
  try {
    return action()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (cause instanceof HushgridError || code === undefined) throw cause
    throw new SecretFileError(`${path}: expected to ${what} it (${code})`)
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
