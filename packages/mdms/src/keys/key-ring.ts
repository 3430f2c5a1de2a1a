import { checkLength, InvalidArgumentError } from '@hushgrid/primitives'
import { KeyRingError } from '../errors.ts'

/** A key that wraps the store's own keys. It is never in the database. */
export interface WrappingKey {
  /** Public name of the key, by which the database tells which key wrapped one. */
  readonly id: string
  /** 32 bytes, for AES-256-GCM. */
  readonly key: Uint8Array
}

/** Source of the store's wrapping keys, such as a key file. */
export interface KeyRing {
  /** Gives the key to wrap under now. */
  current(): WrappingKey
  /** Finds an earlier key, for keys still wrapped under it; undefined where it is not there. */
  byId(id: string): WrappingKey | undefined
}

/** Form of a key's name: 1 to 64 letters, digits, dots, hyphens and underscores. */
export const KEY_ID = /^[A-Za-z0-9._-]{1,64}$/
/** Length of a wrapping key in bytes. */
export const KEY_BYTES = 32

/**
 * Makes a key ring of keys, of which the last is current.
 *
 * @throws KeyRingError where there is none, or two of one id; InvalidArgumentError where one is not 32 bytes
 */
export function keyRing(keys: readonly WrappingKey[]): KeyRing {
  const byId = new Map<string, WrappingKey>()
  for (const { id, key } of keys) {
    if (!KEY_ID.test(id)) throw new InvalidArgumentError('key id', '1 to 64 letters, digits, dots, hyphens or underscores', 'another')
    if (byId.has(id)) throw new KeyRingError(`key ring: expected each key once, got ${id} twice`)
    byId.set(id, { id, key: checkLength(key, KEY_BYTES, `key ${id}`) })
  }
  const current = [...byId.values()].at(-1)
  if (!current) throw new KeyRingError('key ring: expected at least one key, got none')
  return { current: () => current, byId: id => byId.get(id) }
}
