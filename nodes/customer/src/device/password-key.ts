// How a password becomes a key, and which passwords and settings will do.
import { argon2, pbkdf2 } from 'node:crypto'
import { checkLength, HushgridError, InvalidArgumentError, utf8 } from '@hushgrid/primitives'

/** Argon2id (RFC 9106): memory in KiB, passes and lanes. */
export interface Argon2idScheme {
  readonly scheme: 'argon2id'
  readonly memoryKib: number
  readonly passes: number
  readonly parallelism: number
}

/** PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2). */
export interface Pbkdf2Scheme {
  readonly scheme: 'pbkdf2-sha256'
  readonly iterations: number
}

/** How a key is made of a password. */
export type PasswordScheme = Argon2idScheme | Pbkdf2Scheme

/** The second recommended option of RFC 9106 section 4: 64 MiB, 3 passes, 4 lanes, salt of 128 bits, tag of 256 bits. */
export const ARGON2ID: Argon2idScheme = { scheme: 'argon2id', memoryKib: 65_536, passes: 3, parallelism: 4 }

/** Where Argon2 must not be used, as where only functions of FIPS 140 may: 1,000,000 iterations. */
export const PBKDF2: Pbkdf2Scheme = { scheme: 'pbkdf2-sha256', iterations: 1_000_000 }

/** Bytes of a salt (RFC 9106 section 4). */
export const SALT_BYTES = 16
/** Bytes of the derived key. */
export const PASSWORD_KEY_BYTES = 32

const LEAST_CHARACTERS = 12
const MOST_CHARACTERS = 256

/**
 * What a record may ask for. Less would make guessing cheap, more would stop the customer's machine; a record comes from
 * a server, which is not trusted with either.
 */
const LIMITS = {
  memoryKib: [ARGON2ID.memoryKib, 2 ** 21],
  passes: [ARGON2ID.passes, 64],
  parallelism: [1, 16],
  iterations: [PBKDF2.iterations, 100_000_000]
} as const

/** A password that the system cannot turn into a key, for example for want of the scheme's memory. */
export class PasswordKeyError extends HushgridError {
  override name = 'PasswordKeyError'
}

/** @throws InvalidArgumentError where a parameter is none, or outside of what is safe */
export function checkScheme(given: PasswordScheme | Readonly<Record<string, unknown>>): PasswordScheme {
  const values: Readonly<Record<string, unknown>> = { ...given }
  const { scheme } = values
  const check = (name: keyof typeof LIMITS): number => {
    const [from, to] = LIMITS[name]
    const value = values[name]
    if (typeof value !== 'number' || !Number.isInteger(value) || value < from || value > to)
      throw new InvalidArgumentError(`${scheme} ${name}`, `a whole number from ${from} to ${to}`, String(value))
    return value
  }
  if (scheme === 'pbkdf2-sha256') return { scheme, iterations: check('iterations') }
  if (scheme !== 'argon2id') throw new InvalidArgumentError('scheme', 'argon2id or pbkdf2-sha256', JSON.stringify(scheme))
  return { scheme, memoryKib: check('memoryKib'), passes: check('passes'), parallelism: check('parallelism') }
}

/**
 * Checks a password that is being set.
 *
 * @throws InvalidArgumentError where it has fewer than 12 characters or more than 256
 */
export function checkNewPassword(password: string): string {
  const characters = [...password].length
  if (characters < LEAST_CHARACTERS || characters > MOST_CHARACTERS)
    throw new InvalidArgumentError('password', `${LEAST_CHARACTERS} to ${MOST_CHARACTERS} characters`, String(characters))
  return password
}

/**
 * Derives the 32-byte key of a password. A password that nobody can have set takes as much work as any other, so that
 * time tells nothing.
 *
 * @throws PasswordKeyError; InvalidArgumentError for a salt or scheme that is none
 */
export async function passwordKey(password: string, salt: Uint8Array, scheme: PasswordScheme): Promise<Uint8Array> {
  checkLength(salt, SALT_BYTES, 'salt')
  const checked = checkScheme(scheme)
  // No work is done on megabytes. The same characters may come as different code points (RFC 8265 section 4.2).
  const message = utf8([...password].length > MOST_CHARACTERS ? '' : password.normalize('NFC'))
  return await new Promise((resolve, reject) => {
    const done = (error: Error | null, key: Uint8Array): void => {
      if (error) reject(new PasswordKeyError(`${checked.scheme}: expected to make a key of the password (${error.message})`))
      else resolve(new Uint8Array(key))
    }
    if (checked.scheme === 'pbkdf2-sha256') pbkdf2(message, salt, checked.iterations, PASSWORD_KEY_BYTES, 'sha256', done)
    else {
      const { memoryKib: memory, passes, parallelism } = checked
      argon2('argon2id', { message, nonce: salt, memory, passes, parallelism, tagLength: PASSWORD_KEY_BYTES }, done)
    }
  })
}
