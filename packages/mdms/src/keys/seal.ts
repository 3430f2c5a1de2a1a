// Encryption of a value, bound to the place where it belongs.
import { createCipheriv, createDecipheriv } from 'node:crypto'
import {
  checkLength,
  concatBytes,
  InvalidArgumentError,
  type LaneSum,
  obisCode,
  type Rng,
  type SlotSums,
  u8,
  u32,
  utf8,
  type Withheld
} from '@hushgrid/primitives'
import { StoreDamagedError } from '../errors.ts'

/** Length of AES-GCM's nonce (NIST SP 800-38D section 8.2.2: 96 random bits, at most 2^32 of them a key). */
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Bytes of a lane's value: enough for any sum, and the same for all, so that a length says nothing about a value. */
const VALUE_BYTES = 16
const VALUE_LIMIT = 1n << 127n
/** Added to the length of a code whose lane is withheld; codes are far shorter. */
const WITHHELD = 128
const COUNTS_BYTES = 12
const MAX_LANES = 256

/** Joins values such that two different lists never give the same bytes. */
export function identityOf(...parts: readonly (string | number | null | Uint8Array)[]): Uint8Array {
  return concatBytes(
    ...parts.flatMap(part => {
      if (part === null) return [new Uint8Array([0])]
      const kind = part instanceof Uint8Array ? 1 : typeof part === 'number' ? 2 : 3
      const bytes = part instanceof Uint8Array ? part : utf8(String(part))
      return [new Uint8Array([kind]), u32(bytes.byteLength), bytes]
    })
  )
}

/**
 * Encrypts a part of a row: AES-256-GCM, nonce ‖ ciphertext ‖ tag.
 *
 * @param identity - identity of the row; opened with another, it does not authenticate
 */
export function seal(key: Uint8Array, rng: Rng, plain: Uint8Array, identity: Uint8Array): Uint8Array {
  const nonce = rng.bytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(identity)
  return concatBytes(nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag())
}

/**
 * Decrypts what {@link seal} encrypted.
 *
 * @param what - names the row in the error
 * @throws StoreDamagedError where the row was changed or is another, or the key is another
 */
export function open(key: Uint8Array, sealed: Uint8Array, identity: Uint8Array, what: string): Uint8Array {
  const damaged = () => new StoreDamagedError(`${what}: expected what was written there, got something that does not authenticate`)
  if (sealed.byteLength < NONCE_BYTES + TAG_BYTES) throw damaged()
  const tag = sealed.byteLength - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(identity)
  decipher.setAuthTag(sealed.subarray(tag))
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, tag))
  try {
    return concatBytes(plain, decipher.final())
  } catch {
    // Gives no detail: OpenSSL says only that the tag is wrong.
    throw damaged()
  }
}

/**
 * Encodes lanes, in the order of their codes: `u8 length ‖ code ‖ value[16]`; for one that is withheld, 128 is added to the
 * length, and `u32 able ‖ u32 of ‖ u32 needed` stands for the value.
 *
 * @throws InvalidArgumentError where a code is none, a value is no bigint within ±2^127, a count none of 32 bits, or there is
 *   no lane
 */
export function encodeLanes(lanes: SlotSums): Uint8Array {
  const codes = Object.keys(lanes).sort()
  if (codes.length === 0 || codes.length > MAX_LANES)
    throw new InvalidArgumentError('lanes', `1 to ${MAX_LANES} lanes`, String(codes.length))
  return concatBytes(
    ...codes.flatMap(code => {
      const name = utf8(obisCode(code))
      const sum = lanes[code] as LaneSum
      const isSum = typeof sum !== 'object'
      return [u8(name.byteLength + (isSum ? 0 : WITHHELD)), name, isSum ? encodeValue(code, sum) : encodeWithheld(code, sum)]
    })
  )
}

function encodeValue(code: string, value: bigint): Uint8Array {
  if (typeof value !== 'bigint' || value >= VALUE_LIMIT || value < -VALUE_LIMIT) {
    throw new InvalidArgumentError(`lane ${code}`, 'a bigint within ±2^127', typeof value === 'bigint' ? 'one beyond it' : typeof value)
  }
  const hex = BigInt.asUintN(8 * VALUE_BYTES, value).toString(16)
  return new Uint8Array(Buffer.from(hex.padStart(2 * VALUE_BYTES, '0'), 'hex'))
}

function encodeWithheld(code: string, { able, of, needed }: Withheld): Uint8Array {
  const counts = [able, of, needed]
  if (counts.some(count => !Number.isInteger(count) || count < 0 || count >= 2 ** 32))
    throw new InvalidArgumentError(`lane ${code}`, 'counts of members', 'something else')
  return concatBytes(...counts.map(u32))
}

/** Decodes lanes from the bytes of {@link encodeLanes}, which have been authenticated. */
export function decodeLanes(bytes: Uint8Array): SlotSums {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const lanes: Record<string, LaneSum> = {}
  for (let at = 0; at < buffer.length; ) {
    const length = buffer[at] as number
    const withheld = length >= WITHHELD
    const nameEnd = at + 1 + (length % WITHHELD)
    const size = withheld ? COUNTS_BYTES : VALUE_BYTES
    const rest = buffer.subarray(nameEnd, nameEnd + size)
    checkLength(rest, size, 'lane')
    lanes[buffer.toString('utf8', at + 1, nameEnd)] = withheld
      ? { able: rest.readUInt32LE(0), of: rest.readUInt32LE(4), needed: rest.readUInt32LE(8) }
      : BigInt.asIntN(8 * VALUE_BYTES, BigInt(`0x${rest.toString('hex')}`))
    at = nameEnd + size
  }
  return lanes
}
