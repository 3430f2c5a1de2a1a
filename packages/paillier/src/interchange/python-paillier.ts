// JSON of python-paillier (phe), as its command line `pheutil` reads and writes it (phe/command_line.py).

import { primesOf } from '../arithmetic/factor.ts'
import { bitLength, fromBytes, toBytes } from '../arithmetic/integers.ts'
import { InterchangeError } from '../errors.ts'
import { PrivateKey } from '../keys/private-key.ts'
import { type Ciphertext, PublicKey } from '../keys/public-key.ts'

/** Public key of `pheutil extract`: base64url of n, big-endian. */
export interface PhePublicKey {
  readonly kty: 'DAJ'
  readonly alg: 'PAI-GN1'
  readonly key_ops: readonly ['encrypt']
  readonly n: string
  readonly kid: string
}

/** Private key of `pheutil genpkey`. */
export interface PhePrivateKey {
  readonly kty: 'DAJ'
  readonly key_ops: readonly ['decrypt']
  readonly p: string
  readonly q: string
  readonly pub: PhePublicKey
  readonly kid: string
}

/** An encrypted number of `pheutil encrypt`: the ciphertext in decimal, of value × 16^−e. */
export interface PheEncryptedNumber {
  readonly v: string
  readonly e: number
}

/** Writes the public key; phe has no place for `hs`, so the key read back has obfuscators r^n. */
export function toPhePublicKey(key: PublicKey): PhePublicKey {
  return { kty: 'DAJ', alg: 'PAI-GN1', key_ops: ['encrypt'], n: toBase64(key.n), kid: `Paillier public key ${key.fingerprint}` }
}

/**
 * Reads a public key of phe, whose g is always n + 1 (`alg` PAI-GN1).
 *
 * @param json - the parsed JSON
 * @throws InterchangeError where it is no such key, KeySizeError where n is too short
 */
export function fromPhePublicKey(json: unknown, options: { insecure?: boolean } = {}): PublicKey {
  const key = record(json, 'public key')
  expectText(key, 'kty', 'DAJ')
  expectText(key, 'alg', 'PAI-GN1')
  return new PublicKey(base64(key, 'n'), options)
}

/** Writes the private key. Secret: for a key file that nobody else reads, never to be logged or sent. */
export function toPhePrivateKey(key: PrivateKey): PhePrivateKey {
  const { p, q } = key.exportPrimes()
  const { fingerprint } = key.publicKey
  const pub = toPhePublicKey(key.publicKey)
  return { kty: 'DAJ', key_ops: ['decrypt'], p: toBase64(p), q: toBase64(q), pub, kid: `Paillier private key ${fingerprint}` }
}

/**
 * Reads a private key of phe, with p and q as it writes them now, or with lambda and mu as it did before.
 *
 * @param json - the parsed JSON
 * @throws InterchangeError where it is no such key, or the numbers in it do not belong together
 * @throws KeySizeError where n or a prime is too short, or one is not prime
 */
export function fromPhePrivateKey(json: unknown, options: { insecure?: boolean } = {}): PrivateKey {
  const key = record(json, 'private key')
  expectText(key, 'kty', 'DAJ')
  const operations = key.key_ops
  if (!Array.isArray(operations) || !operations.includes('decrypt')) {
    throw new InterchangeError('key_ops: expected an array with decrypt, got another value')
  }
  const { n } = fromPhePublicKey(key.pub, options)
  if (key.p !== undefined || key.q !== undefined) {
    const [p, q] = [base64(key, 'p'), base64(key, 'q')]
    if (p * q !== n) throw new InterchangeError('p, q: expected the primes of n, got others')
    return PrivateKey.ofPrimes(p, q, options)
  }
  const lambda = base64(key, 'lambda')
  if ((lambda * base64(key, 'mu')) % n !== 1n) throw new InterchangeError('mu: expected the inverse of lambda modulo n, got another number')
  const { p, q } = primesOf(n, lambda)
  return PrivateKey.ofPrimes(p, q, options)
}

/** Writes an encrypted integer. phe itself decrypts only |m| < n / 3 and calls larger ones an overflow (phe/encoding.py). */
export function toPheEncryptedNumber(ciphertext: Ciphertext): PheEncryptedNumber {
  return { v: ciphertext.value.toString(10), e: 0 }
}

/**
 * Reads an encrypted integer of phe. Its plaintext is to be multiplied by 16^e. Only e = 0 is taken, since with e < 0 it
 * may be a fraction, which shows only under the private key. phe's library writes 0 for integers; `pheutil` encrypts
 * floating point numbers and writes −32.
 *
 * @param json - the parsed JSON
 * @throws InterchangeError where it is no such number or the exponent is not 0, CiphertextError where it is none of the key
 */
export function fromPheEncryptedNumber(json: unknown, key: PublicKey): Ciphertext {
  const number = record(json, 'encrypted number')
  const { v, e } = number
  if (e !== 0) {
    const got = typeof e === 'number' ? String(e) : typeof e
    throw new InterchangeError(`e: expected the exponent 0 of an integer, got ${got}; encrypt an int with phe, not a float`)
  }
  if (typeof v !== 'string' || !/^[1-9][0-9]*$/.test(v)) {
    throw new InterchangeError(
      `v: expected a positive integer in decimal, got ${typeof v === 'string' ? `${v.length} characters` : typeof v}`
    )
  }
  // Bounds the digits by those of n²: longer text would only be costly to read.
  if (v.length > Math.ceil(2 * key.bits * Math.log10(2)) + 1)
    throw new InterchangeError(`v: expected a number below n², got ${v.length} digits`)
  return key.ciphertext(BigInt(v))
}

function toBase64(value: bigint): string {
  return Buffer.from(toBytes(value, Math.ceil(bitLength(value) / 8))).toString('base64url')
}

function base64(object: Readonly<Record<string, unknown>>, name: string): bigint {
  const text = object[name]
  if (typeof text !== 'string') throw new InterchangeError(`${name}: expected an integer in base64url, got ${typeof text}`)
  const bytes = Buffer.from(text, 'base64url')
  if (text === '' || bytes.toString('base64url') !== text) {
    throw new InterchangeError(`${name}: expected an integer in base64url, got ${text.length} characters that are not`)
  }
  return fromBytes(bytes)
}

function record(json: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new InterchangeError(
      `${name}: expected a JSON object, got ${json === null ? 'null' : Array.isArray(json) ? 'an array' : typeof json}`
    )
  }
  return json as Readonly<Record<string, unknown>>
}

function expectText(object: Readonly<Record<string, unknown>>, name: string, expected: string): void {
  if (object[name] === expected) return
  const got = object[name]
  throw new InterchangeError(
    `${name}: expected ${expected}, got ${typeof got === 'string' ? JSON.stringify(got.slice(0, 20)) : typeof got}`
  )
}
