// An account's record: the part of a customer's keys that a server may keep, as one JSON text.
import { type KeyEpoch, keyEpoch } from '@hushgrid/billing'
import { checkLength, fromHex, HushgridError, InvalidArgumentError, type MeterId, meterId, toHex } from '@hushgrid/primitives'
import { type PasswordScheme, SALT_BYTES } from '@hushgrid/web-api'
import { checkScheme } from './password-key.ts'

/** Version of the file, to which each wrapped key is bound. In version 1 a meter had one key. */
export const ACCOUNT_VERSION = 2
/** Length of the check: nonce and tag of AES-256-GCM around nothing. */
const CHECK_BYTES = 12 + 16
/** Length of a wrapped key: nonce and tag of AES-256-GCM around a meter's key. */
const WRAPPED_KEY_BYTES = 12 + 32 + 16

const FORMAT = 'hushgrid customer account'
const MOST_KEYS = 1024
const MOST_CHARACTERS = 256 * 1024

/** A meter's key K, wrapped. */
export interface WrappedKey {
  readonly meterId: MeterId
  readonly keyEpoch: KeyEpoch
  /** nonce ‖ ciphertext ‖ tag */
  readonly wrapped: Uint8Array
}

/** An account as a server keeps it: nothing in it opens a reading without the password. */
export interface AccountRecord {
  readonly account: string
  readonly scheme: PasswordScheme
  /** 16 bytes. */
  readonly salt: Uint8Array
  /** Check value that tells whether a password is the account's, even before it has a meter: nonce ‖ tag. */
  readonly check: Uint8Array
  /** Wrapped keys, in the order of the meters' ids and then of their epochs. */
  readonly keys: readonly WrappedKey[]
}

/** Reports a file or message that should hold an account, and does not. */
export class AccountRecordError extends HushgridError {
  override name = 'AccountRecordError'
}

/** @throws InvalidArgumentError unless it is 1 to 64 of a-z, 0-9, dot, underscore and hyphen, the first a letter or digit */
export function checkAccountName(name: string): string {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(name))
    throw new InvalidArgumentError('account', '1 to 64 of a-z, 0-9, ".", "_" and "-", the first a letter or digit', JSON.stringify(name))
  return name
}

/** Compares two keys by meter and then by epoch. */
export function compareKeys(one: Omit<WrappedKey, 'wrapped'>, other: Omit<WrappedKey, 'wrapped'>): number {
  if (one.meterId !== other.meterId) return one.meterId < other.meterId ? -1 : 1
  return one.keyEpoch - other.keyEpoch
}

/** Writes an account as JSON, its keys in this order and bytes in lower-case hexadecimal: one account has one text. */
export function encodeAccount({ account, scheme, salt, check, keys }: AccountRecord): string {
  checkAccountName(account)
  checkLength(salt, SALT_BYTES, 'salt')
  checkLength(check, CHECK_BYTES, 'check')
  if (keys.length > MOST_KEYS) throw new InvalidArgumentError('keys', `at most ${MOST_KEYS}`, String(keys.length))
  for (const [i, key] of keys.entries()) {
    checkLength(key.wrapped, WRAPPED_KEY_BYTES, 'wrapped key')
    const before = keys[i - 1]
    if (before && compareKeys(before, key) >= 0)
      throw new InvalidArgumentError('keys', "each once, in the order of the meters' ids and their epochs", 'another order')
  }
  const value = {
    format: FORMAT,
    version: ACCOUNT_VERSION,
    account,
    password: checkScheme(scheme),
    salt: toHex(salt),
    check: toHex(check),
    keys: keys.map(({ meterId: id, keyEpoch: epoch, wrapped }) => ({
      meterId: meterId(id),
      keyEpoch: keyEpoch(epoch),
      wrapped: toHex(wrapped)
    }))
  }
  return `${JSON.stringify(value, undefined, 2)}\n`
}

/**
 * Reads what {@link encodeAccount} wrote, and rejects every other spelling.
 *
 * @param from - source of the text, for the error
 * @throws AccountRecordError
 */
export function decodeAccount(text: string, from: string): AccountRecord {
  if (text.length > MOST_CHARACTERS) throw new AccountRecordError(`${from}: expected an account, got ${text.length} characters`)
  const value = object(parse(text, from))
  if (value.format !== FORMAT) throw new AccountRecordError(`${from}: expected a ${FORMAT}, got something else`)
  if (value.version !== ACCOUNT_VERSION)
    throw new AccountRecordError(`${from}: expected version ${ACCOUNT_VERSION} of an account, got ${JSON.stringify(value.version)}`)
  try {
    const record: AccountRecord = {
      account: checkAccountName(string(value.account, 'account')),
      scheme: checkScheme(object(value.password)),
      salt: fromHex(string(value.salt, 'salt'), 'salt', SALT_BYTES),
      check: fromHex(string(value.check, 'check'), 'check', CHECK_BYTES),
      keys: list(value.keys).map(key => {
        const { meterId: id, keyEpoch: epoch, wrapped } = object(key)
        return {
          meterId: meterId(string(id, 'meterId')),
          keyEpoch: keyEpoch(number(epoch, 'keyEpoch')),
          wrapped: fromHex(string(wrapped, 'wrapped key'), 'wrapped key', WRAPPED_KEY_BYTES)
        }
      })
    }
    // Rejects whatever was added or spelled in another way.
    if (encodeAccount(record) === text) return record
  } catch (cause) {
    if (!(cause instanceof InvalidArgumentError)) throw cause
    throw new AccountRecordError(`${from}: ${cause.message}`)
  }
  throw new AccountRecordError(`${from}: expected an account as this program writes it, got one that is written otherwise`)
}

function parse(text: string, from: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    // Drops the message of JSON.parse, which repeats a part of the file.
    throw new AccountRecordError(`${from}: expected JSON, got something else`)
  }
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new InvalidArgumentError('keys', 'a list', typeof value)
  return value
}

function string(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new InvalidArgumentError(name, 'a text', typeof value)
  return value
}

function number(value: unknown, name: string): number {
  if (typeof value !== 'number') throw new InvalidArgumentError(name, 'a number', typeof value)
  return value
}
