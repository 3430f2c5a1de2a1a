// Rules of passwords and of the ways to make a key of one, shared by the store, the servers, the customers' programs and
// the pages.

/** Key of a password by Argon2id (RFC 9106), memory in KiB. */
export interface Argon2idScheme {
  readonly scheme: 'argon2id'
  readonly memoryKib: number
  readonly passes: number
  readonly parallelism: number
}

/** Key of a password by PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2). */
export interface Pbkdf2Scheme {
  readonly scheme: 'pbkdf2-sha256'
  readonly iterations: number
}

/** Way in which a password becomes a key: `password` in an account's record. */
export type PasswordScheme = Argon2idScheme | Pbkdf2Scheme

/** Length of a salt, bytes (RFC 9106 section 4). */
export const SALT_BYTES = 16

/** Fewest and most characters, that is code points, of a new password. */
export const PASSWORD_CHARACTERS = { least: 12, most: 256 } as const

/** Most UTF-16 units of a password or proof that a server reads: longer than any password that can be set. */
export const MOST_PASSWORD_UNITS = 1_024

/**
 * Least and most of each parameter. Less would make guessing cheap, more would stop the customer's machine, and the server
 * that sends a record is trusted with neither.
 */
const SCHEME_LIMITS = {
  memoryKib: [65_536, 2 ** 21],
  passes: [3, 64],
  parallelism: [1, 16],
  iterations: [1_000_000, 100_000_000]
} as const

/** Expectation that something did not meet, and its own form; never the password itself. */
export interface Misfit {
  readonly expected: string
  readonly got: string
}

/** Finds the fault of a new password; undefined where it will do. */
export function passwordMisfit(password: string): Misfit | undefined {
  const { least, most } = PASSWORD_CHARACTERS
  const characters = [...password].length
  return characters >= least && characters <= most ? undefined : { expected: `${least} to ${most} characters`, got: String(characters) }
}

/**
 * Normalises a password for a key or hash, since the same characters may come as different code points (RFC 8265 section
 * 4.2). Gives an empty text for a password that nobody can have set, so that no work is done on megabytes.
 */
export function passwordText(password: string): string {
  return [...password].length > PASSWORD_CHARACTERS.most ? '' : password.normalize('NFC')
}

/** Reason to refuse a scheme: it is unknown, or a parameter of it is beyond its limits. */
export type SchemeMisfit =
  | { readonly unknown: unknown }
  | {
      readonly scheme: PasswordScheme['scheme']
      readonly parameter: string
      readonly least: number
      readonly most: number
      readonly got: unknown
    }

/** Reads a scheme from elsewhere; gives a misfit where it must not be used. */
export function readScheme(given: unknown): PasswordScheme | { readonly misfit: SchemeMisfit } {
  const values = (typeof given === 'object' && given !== null ? given : {}) as Readonly<Record<string, unknown>>
  const { scheme } = values
  if (scheme !== 'argon2id' && scheme !== 'pbkdf2-sha256') return { misfit: { unknown: scheme } }
  const parameters = scheme === 'argon2id' ? (['memoryKib', 'passes', 'parallelism'] as const) : (['iterations'] as const)
  for (const parameter of parameters) {
    const [least, most] = SCHEME_LIMITS[parameter]
    const got = values[parameter]
    if (typeof got !== 'number' || !Number.isInteger(got) || got < least || got > most)
      return { misfit: { scheme, parameter, least, most, got } }
  }
  return { scheme, ...Object.fromEntries(parameters.map(parameter => [parameter, values[parameter]])) } as unknown as PasswordScheme
}
