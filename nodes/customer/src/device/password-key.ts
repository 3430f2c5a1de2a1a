// Makes a key of a password, and checks which passwords and settings will do.
import { argon2, pbkdf2 } from 'node:crypto'
import { checkLength, HushgridError, InvalidArgumentError, utf8 } from '@hushgrid/primitives'
import {
  type Argon2idScheme,
  type PasswordScheme,
  type Pbkdf2Scheme,
  passwordMisfit,
  passwordText,
  readScheme,
  SALT_BYTES
} from '@hushgrid/web-api'

/** The second recommended option of RFC 9106 section 4: 64 MiB, 3 passes, 4 lanes, salt of 128 bits, tag of 256 bits. */
export const ARGON2ID: Argon2idScheme = { scheme: 'argon2id', memoryKib: 65_536, passes: 3, parallelism: 4 }

/** Scheme for places that allow only functions of FIPS 140, which Argon2 is not: 1,000,000 iterations. */
export const PBKDF2: Pbkdf2Scheme = { scheme: 'pbkdf2-sha256', iterations: 1_000_000 }

/** Length of the derived key, bytes. */
export const PASSWORD_KEY_BYTES = 32

/** Reports a password that the system cannot turn into a key, for example for want of the scheme's memory. */
class PasswordKeyError extends HushgridError {
  override name = 'PasswordKeyError'
}

/** @throws InvalidArgumentError where a parameter is unknown, or outside of its safe limits */
export function checkScheme(given: PasswordScheme | Readonly<Record<string, unknown>>): PasswordScheme {
  const read = readScheme(given)
  if (!('misfit' in read)) return read
  const { misfit } = read
  if ('unknown' in misfit) throw new InvalidArgumentError('scheme', 'argon2id or pbkdf2-sha256', JSON.stringify(misfit.unknown))
  const { scheme, parameter, least, most, got } = misfit
  throw new InvalidArgumentError(`${scheme} ${parameter}`, `a whole number from ${least} to ${most}`, String(got))
}

/**
 * Checks a password that is being set.
 *
 * @throws InvalidArgumentError where it has too few characters or too many
 */
export function checkNewPassword(password: string): string {
  const misfit = passwordMisfit(password)
  if (misfit) throw new InvalidArgumentError('password', misfit.expected, misfit.got)
  return password
}

/**
 * Derives the 32-byte key of a password. Does the same work for a password that nobody can have set, so that time tells
 * nothing.
 *
 * @throws PasswordKeyError; InvalidArgumentError for an invalid salt or scheme
 */
export async function passwordKey(password: string, salt: Uint8Array, scheme: PasswordScheme): Promise<Uint8Array> {
  checkLength(salt, SALT_BYTES, 'salt')
  const checked = checkScheme(scheme)
  const message = utf8(passwordText(password))
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
