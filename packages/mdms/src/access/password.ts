import { argon2, createHash, timingSafeEqual } from 'node:crypto'
import { checkLength, InvalidArgumentError, type Rng, utf8 } from '@hushgrid/primitives'
import { passwordMisfit, passwordText, SALT_BYTES } from '@hushgrid/web-api'
import { StoreDamagedError } from '../errors.ts'

/** Memory in KiB, passes and lanes: the least that OWASP's Password Storage Cheat Sheet names for Argon2id (RFC 9106). */
const PARAMETERS = { memory: 19_456, passes: 2, parallelism: 1 } as const
const TAG_BYTES = 32

/**
 * Hashes a password for the store: Argon2id with a salt of its own, in the PHC string format.
 *
 * @throws InvalidArgumentError where it has too few characters or too many
 */
export async function hashPassword(password: string, rng: Rng): Promise<string> {
  const misfit = passwordMisfit(password)
  if (misfit) throw new InvalidArgumentError('password', misfit.expected, misfit.got)
  const salt = rng.bytes(SALT_BYTES)
  const tag = await derive(password, salt, PARAMETERS)
  const { memory, passes, parallelism } = PARAMETERS
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`
}

/** Hash to check a password against where there is no account, so that both take as long. */
export const NOBODYS_PASSWORD = `$argon2id$v=19$m=${PARAMETERS.memory},t=${PARAMETERS.passes},p=${PARAMETERS.parallelism}$${base64(new Uint8Array(SALT_BYTES))}$${base64(new Uint8Array(TAG_BYTES))}`

/**
 * Tells whether it is the password that was hashed; compares the tags in constant time.
 *
 * @throws StoreDamagedError where `kept` is not what {@link hashPassword} makes
 */
export async function checkPassword(password: string, kept: string): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(kept)
  if (!match) throw new StoreDamagedError('accounts: expected a password hashed by Argon2id, got something else')
  const [memory, passes, parallelism] = match.slice(1, 4).map(Number) as [number, number, number]
  const salt = Buffer.from(match[4] as string, 'base64')
  const expected = checkLength(Buffer.from(match[5] as string, 'base64'), TAG_BYTES, 'password tag')
  return timingSafeEqual(await derive(password, salt, { memory, passes, parallelism }), expected)
}

/** Gives a mark of a hashed password, another each time that a password is set, since each has its own salt. */
export function markOf(kept: string): string {
  return createHash('sha256').update(`hushgrid/v1/mdms/mark\0${kept}`).digest('base64url')
}

function derive(
  password: string,
  nonce: Uint8Array,
  parameters: { memory: number; passes: number; parallelism: number }
): Promise<Uint8Array> {
  const message = utf8(passwordText(password))
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message, nonce, tagLength: TAG_BYTES, ...parameters }, (error, tag) => {
      if (error) reject(error)
      else resolve(tag)
    })
  })
}

/** Encodes without padding, as the PHC string format demands. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '')
}
