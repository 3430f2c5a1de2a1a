// The file with the keys that wrap the store's own, apart from the database.
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { decodeText, fromHex, HushgridError, type Rng, textLines, toHex } from '@hushgrid/primitives'
import { KeyRingError } from '../errors.ts'
import { KEY_BYTES, KEY_ID, type KeyRing, keyRing, type WrappingKey } from './key-ring.ts'

/**
 * Opens the key ring of a key file, made with one key where there is none. Each line is a key: its id, a space, 64
 * hexadecimal digits; the last is current. Keep the file away from the database and its backups: whoever has both reads
 * all.
 *
 * @param rng - the system's; draws a new file's key
 * @throws KeyRingError where others than its owner may read it, or a line is not such a line
 */
export function openKeyFile(path: string, rng: Rng): KeyRing {
  if (!existsSync(path)) write(path, [newKey(1, rng)])
  return keyRing(read(path))
}

/**
 * Adds a key to a key file and makes it current: open the file again and rotate the store's keys. The earlier keys stay
 * until {@link dropOldKeys}.
 *
 * @throws KeyRingError
 */
export function addKey(path: string, rng: Rng): KeyRing {
  const keys = read(path)
  write(path, [...keys, newKey(keys.length + 1, rng)])
  return openKeyFile(path, rng)
}

/**
 * Takes all keys but the current one out of a key file, once the store has been rotated. Keys wrapped under them, as in
 * old backups, become unreadable.
 *
 * @throws KeyRingError
 */
export function dropOldKeys(path: string): KeyRing {
  const kept = read(path).slice(-1)
  write(path, kept)
  return keyRing(kept)
}

/** Adds a random part, which keeps apart the keys of two files, and numbers reused after keys were dropped. */
function newKey(number: number, rng: Rng): WrappingKey {
  return { id: `${number}-${toHex(rng.bytes(6))}`, key: rng.bytes(KEY_BYTES) }
}

function read(path: string): WrappingKey[] {
  let text: string
  try {
    const mode = statSync(path).mode & 0o777
    if ((mode & 0o077) !== 0) {
      throw new KeyRingError(`${path}: expected to be readable by its owner only (mode 600), got mode ${mode.toString(8)}`)
    }
    text = decodeText(readFileSync(path))
  } catch (cause) {
    throw asKeyRingError(path, 'read', cause)
  }
  return textLines(text).flatMap((line, i) => {
    if (line.trim() === '') return []
    const [id = '', hex = '', ...rest] = line.trim().split(/\s+/)
    if (!KEY_ID.test(id) || !/^[0-9a-f]{64}$/i.test(hex) || rest.length > 0)
      throw new KeyRingError(`${path}: expected "<id> <64 hexadecimal digits>" in line ${i + 1}, got something else`)
    return [{ id, key: fromHex(hex) }]
  })
}

/** Writes a file beside it first: half a key file would lose the store. */
function write(path: string, keys: readonly WrappingKey[]): void {
  const beside = `${path}.new`
  try {
    rmSync(beside, { force: true })
    const descriptor = openSync(beside, 'wx', 0o600)
    try {
      chmodSync(beside, 0o600)
      writeSync(descriptor, keys.map(({ id, key }) => `${id} ${toHex(key)}\n`).join(''))
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(beside, path)
    const folder = openSync(dirname(path), 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  } catch (cause) {
    throw asKeyRingError(path, 'write', cause)
  }
}

function asKeyRingError(path: string, what: string, cause: unknown): HushgridError {
  if (cause instanceof HushgridError) return cause
  return new KeyRingError(`${path}: expected to ${what} it (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`)
}
