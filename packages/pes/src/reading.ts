// A reading on its way: for the PES under the meter's AES key, or for the supplier under its Paillier key.
import { constants, createCipheriv, createDecipheriv, type KeyObject, privateDecrypt, publicEncrypt } from 'node:crypto'
import { Drop } from '@hushgrid/messages'
import type { Ciphertext } from '@hushgrid/paillier'
import {
  concatBytes,
  fromHex,
  type LaneVector,
  lanesFromExactBytes,
  lanesToBytes,
  type MeterId,
  READING_LIMIT,
  type Rng,
  type Slot,
  signedLanes,
  u64,
  utf8
} from '@hushgrid/primitives'
import type { PesTerms } from './pes/setup.ts'

const READING = utf8('hushgrid/v1/pes-reading')
const KEY = utf8('hushgrid/v1/pes-key')
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Length of a meter's AES-256 key. */
export const METER_KEY_BYTES = 32

/** A reading's network, meter and slot: its ciphertext does not open under others. */
export interface ReadingOrigin {
  readonly networkId: Uint8Array
  readonly meter: MeterId
  readonly slot: Slot
}

function boundTo({ networkId, meter, slot }: ReadingOrigin): Uint8Array {
  return concatBytes(READING, networkId, fromHex(meter), u64(slot))
}

/**
 * Encrypts a reading for the PES with AES-256-GCM (NIST SP 800-38D). The nonce is random, since a counter would have to
 * trust the journal; one key takes 2^32 readings.
 *
 * @returns nonce[12] ‖ ciphertext ‖ tag[16]
 */
export function sealReading(key: Uint8Array, origin: ReadingOrigin, lanes: LaneVector, rng: Rng): Uint8Array {
  const nonce = rng.bytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(boundTo(origin))
  const plain = lanesToBytes(lanes)
  const encrypted = concatBytes(cipher.update(plain), cipher.final())
  plain.fill(0)
  return concatBytes(nonce, encrypted, cipher.getAuthTag())
}

/**
 * Opens a reading at the PES.
 *
 * @throws Drop where the tag does not hold or the lanes are not a reading
 */
export function openReading(key: Uint8Array, origin: ReadingOrigin, sealed: Uint8Array, lanes: number): readonly bigint[] {
  if (sealed.byteLength !== NONCE_BYTES + 8 * lanes + TAG_BYTES)
    throw new Drop('wrong-shape', `expected ${lanes} lanes under AES-256-GCM, got ${sealed.byteLength} bytes`)
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(boundTo(origin))
  decipher.setAuthTag(sealed.subarray(sealed.byteLength - TAG_BYTES))
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, sealed.byteLength - TAG_BYTES))
  try {
    decipher.final()
  } catch (cause) {
    plain.fill(0)
    // OpenSSL says no more than that it failed.
    throw Object.assign(new Drop('bad-signature', 'expected a GCM tag by the meter'), { cause })
  }
  const values = signedLanes(lanesFromExactBytes(plain, lanes))
  plain.fill(0)
  if (values.some(value => value >= READING_LIMIT || value <= -READING_LIMIT)) throw new Drop('implausible', 'a reading beyond ±2^47')
  return values
}

/** Encrypts a reading for the supplier, all lanes in one plaintext. */
export function encryptReading({ publicKey, packing }: PesTerms, lanes: LaneVector, obfuscator: bigint): Ciphertext {
  return publicKey.encryptWith(packing.pack(signedLanes(lanes)), obfuscator)
}

/** Gives the label of a wrapped key, which makes it useless as another meter's. */
function labelOf(networkId: Uint8Array, meter: MeterId): Buffer {
  return Buffer.from(concatBytes(KEY, networkId, fromHex(meter)))
}

/** Wraps a meter's key for the PES: RSA-OAEP with SHA-256 (RFC 8017 section 7.1). */
export function wrapKey(rsaKey: KeyObject, networkId: Uint8Array, meter: MeterId, key: Uint8Array): Uint8Array {
  const options = { key: rsaKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256', oaepLabel: labelOf(networkId, meter) }
  return new Uint8Array(publicEncrypt(options, key))
}

/** Unwraps a meter's key. @returns undefined where it was wrapped for somebody else, or is no key */
export function unwrapKey(rsaKey: KeyObject, networkId: Uint8Array, meter: MeterId, wrapped: Uint8Array): Uint8Array | undefined {
  const options = { key: rsaKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256', oaepLabel: labelOf(networkId, meter) }
  let key: Buffer
  try {
    key = privateDecrypt(options, wrapped)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause) return undefined
    throw cause
  }
  return key.byteLength === METER_KEY_BYTES ? Uint8Array.from(key) : undefined
}
