import { CustomerCryptoError } from './errors.ts'

/** How a password becomes a key: Argon2id (RFC 9106) or PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2). */
export type Scheme =
  | { readonly scheme: 'argon2id'; readonly memoryKib: number; readonly passes: number; readonly parallelism: number }
  | { readonly scheme: 'pbkdf2-sha256'; readonly iterations: number }

export const SALT_BYTES = 16

/**
 * What a server may ask for, as the customer's own programs have it. Less would let a server have a proof made that is
 * cheap to guess the password from; more would stop the customer's machine.
 */
const LIMITS = {
  memoryKib: [65_536, 2 ** 21],
  passes: [3, 64],
  parallelism: [1, 16],
  iterations: [1_000_000, 100_000_000]
} as const

/** @throws CustomerCryptoError with fault `scheme` where it is none, or outside of what is safe */
export function checkScheme(given: unknown): Scheme {
  const values = (typeof given === 'object' && given !== null ? given : {}) as Readonly<Record<string, unknown>>
  const within = (name: keyof typeof LIMITS): number => {
    const [least, most] = LIMITS[name]
    const value = values[name]
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
      throw new CustomerCryptoError(
        'scheme',
        `The server asks for a key made in a way that is not safe (${name}: expected ${least} to ${most}).`
      )
    return value
  }
  const { scheme } = values
  if (scheme === 'pbkdf2-sha256') return { scheme, iterations: within('iterations') }
  if (scheme === 'argon2id') return { scheme, memoryKib: within('memoryKib'), passes: within('passes'), parallelism: within('parallelism') }
  throw new CustomerCryptoError('scheme', 'The server asks for a way of making a key that this page does not know.')
}

/** Whether two say the same. */
export function sameScheme(a: Scheme, b: Scheme): boolean {
  if (a.scheme === 'pbkdf2-sha256') return b.scheme === a.scheme && a.iterations === b.iterations
  return b.scheme === a.scheme && a.memoryKib === b.memoryKib && a.passes === b.passes && a.parallelism === b.parallelism
}
