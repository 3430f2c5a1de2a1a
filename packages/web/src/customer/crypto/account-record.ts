// Reads an account's record as the customer's programs write it.
import { type PasswordScheme, SALT_BYTES } from '@hushgrid/web-api'
import { type Bytes, equal, fromHex, toHex } from './bytes.ts'
import { CustomerCryptoError } from './errors.ts'
import { checkScheme, sameScheme } from './password-scheme.ts'

/** Version of the record, to which each wrapped key is bound. */
export const RECORD_VERSION = 2

const FORMAT = 'hushgrid customer account'
/** Lengths of the check and of a wrapped key: nonce and tag of AES-256-GCM around nothing, and around a meter's key. */
const CHECK_BYTES = 12 + 16
const WRAPPED_BYTES = 12 + 32 + 16
const MOST_KEYS = 1024
const MOST_EPOCH = 2 ** 32 - 1
const MOST_CHARACTERS = 256 * 1024

/** Record that a server keeps of an account. */
export interface AccountRecord {
  readonly account: string
  readonly scheme: PasswordScheme
  readonly salt: Bytes
  /** Check value, nonce ‖ tag. */
  readonly check: Bytes
  /** Wrapped keys of meters, in the order of their ids and then of their epochs. */
  readonly keys: readonly WrappedKey[]
}

/** A meter's key K of an epoch, wrapped. */
interface WrappedKey {
  readonly meterId: string
  readonly keyEpoch: number
  readonly wrapped: Bytes
}

/** Account that the page asked for, with the terms of its key. */
export interface Expected {
  readonly account: string
  readonly scheme: PasswordScheme
  readonly salt: Bytes
}

/**
 * Reads a record, byte for byte as the customer's programs write it, and makes sure that it is the expected one.
 *
 * @throws CustomerCryptoError with fault `record`
 */
export function decodeRecord(text: string, expected: Expected): AccountRecord {
  const record = text.length <= MOST_CHARACTERS ? fields(parsed(text)) : undefined
  // Rejects any other spelling, which the customer's programs do not write.
  if (!record || encodeRecord(record) !== text) throw damaged('it is not written as it must be')
  if (record.account !== expected.account) throw damaged('it is that of another account')
  if (!sameScheme(record.scheme, expected.scheme) || !equal(record.salt, expected.salt))
    throw damaged('its password is made a key in another way than the server said before')
  return record
}

function damaged(why: string): CustomerCryptoError {
  return new CustomerCryptoError('record', `The server gave a record of your account that this page refuses: ${why}.`)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw damaged('it is not written as it must be')
  }
}

function fields(value: unknown): AccountRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { format, version, account, password, salt: saltText, check: checkText, keys: list } = value as Readonly<Record<string, unknown>>
  const [salt, check] = [fromHex(saltText, SALT_BYTES), fromHex(checkText, CHECK_BYTES)]
  if (format !== FORMAT || version !== RECORD_VERSION || typeof account !== 'string' || !salt || !check) return undefined
  if (!Array.isArray(list) || list.length > MOST_KEYS) return undefined
  const keys: WrappedKey[] = []
  for (const each of list as unknown[]) {
    const key = keyFields(each)
    if (!key || !isAfter(key, keys.at(-1))) return undefined
    keys.push(key)
  }
  return { account, scheme: checkScheme(password), salt, check, keys }
}

function keyFields(value: unknown): WrappedKey | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { meterId, keyEpoch, wrapped: text } = value as Readonly<Record<string, unknown>>
  const wrapped = fromHex(text, WRAPPED_BYTES)
  if (!fromHex(meterId, 32) || !wrapped) return undefined
  if (!Number.isInteger(keyEpoch) || (keyEpoch as number) < 0 || (keyEpoch as number) > MOST_EPOCH) return undefined
  return { meterId: meterId as string, keyEpoch: keyEpoch as number, wrapped }
}

function isAfter(key: WrappedKey, before: WrappedKey | undefined): boolean {
  if (!before || key.meterId > before.meterId) return true
  return key.meterId === before.meterId && key.keyEpoch > before.keyEpoch
}

/** Writes the only text that a record may have. */
export function encodeRecord({ account, scheme, salt, check, keys }: AccountRecord): string {
  const value = {
    format: FORMAT,
    version: RECORD_VERSION,
    account,
    password: scheme,
    salt: toHex(salt),
    check: toHex(check),
    keys: keys.map(({ meterId, keyEpoch, wrapped }) => ({ meterId, keyEpoch, wrapped: toHex(wrapped) }))
  }
  return `${JSON.stringify(value, undefined, 2)}\n`
}
