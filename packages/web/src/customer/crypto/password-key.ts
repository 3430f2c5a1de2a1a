import { type Argon2idScheme, type PasswordScheme, passwordText } from '@hushgrid/web-api'
import { argon2id } from '@noble/hashes/argon2.js'
import { type Bytes, toHex, utf8 } from './bytes.ts'
import { CustomerCryptoError } from './errors.ts'

const KEY_BYTES = 32
const SIGN_IN = utf8('hushgrid/v1/customer/sign-in')

/** Keys of a password. Neither reveals the derived key: one cannot be exported, the other is one-way. */
export interface PasswordKeys {
  /** Key for AES-256-GCM that opens and seals the account's record. Not extractable. */
  readonly wrapping: CryptoKey
  /** Proof for signing in, 32 bytes, lower-case hexadecimal. */
  readonly proof: string
}

/**
 * Makes the keys of a password. Takes about a second, for Argon2id all of it on this thread, and so belongs in a worker.
 *
 * @param password - normalised here to Unicode's NFC (RFC 8265 section 4.2)
 * @param scheme - checked by the caller
 * @param progress - told a share from 0 to 1, where the scheme can tell
 * @throws CustomerCryptoError with fault `machine` where the memory does not suffice
 */
export async function passwordKeys(
  password: string,
  scheme: PasswordScheme,
  salt: Bytes,
  progress?: (done: number) => void
): Promise<PasswordKeys> {
  const message = utf8(passwordText(password))
  const key = scheme.scheme === 'argon2id' ? byArgon2id(message, scheme, salt, progress) : await byPbkdf2(message, scheme.iterations, salt)
  try {
    const wrapping = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt', 'unwrapKey', 'encrypt', 'wrapKey'])
    const source = await crypto.subtle.importKey('raw', key, 'HKDF', false, ['deriveBits'])
    const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: SIGN_IN }
    const proof = toHex(new Uint8Array(await crypto.subtle.deriveBits(hkdf, source, 8 * KEY_BYTES)))
    return { wrapping, proof }
  } finally {
    key.fill(0)
    message.fill(0)
  }
}

function byArgon2id(
  message: Bytes,
  { memoryKib, passes, parallelism }: Argon2idScheme,
  salt: Bytes,
  progress?: (done: number) => void
): Bytes {
  const options = { m: memoryKib, t: passes, p: parallelism, dkLen: KEY_BYTES, maxmem: 1024 * memoryKib + 2 ** 20 }
  try {
    return Uint8Array.from(argon2id(message, salt, { ...options, ...(progress && { onProgress: progress }) }))
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new CustomerCryptoError(
      'machine',
      `This browser cannot give the ${Math.round(memoryKib / 1024)} MiB of memory that your key takes.`
    )
  }
}

async function byPbkdf2(message: Bytes, iterations: number, salt: Bytes): Promise<Bytes> {
  const source = await crypto.subtle.importKey('raw', message, 'PBKDF2', false, ['deriveBits'])
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, source, 8 * KEY_BYTES))
}
