// A reading on its way to the PES under the meter's AES key; with `direct` under the supplier's Paillier key inside.
import { constants, createCipheriv, createDecipheriv, createHmac, type KeyObject, privateDecrypt, publicEncrypt } from 'node:crypto'
import { Drop } from '@hushgrid/messages'
import type { Packing, PlaintextClaim, PlaintextProofs } from '@hushgrid/paillier'
import {
  concatBytes,
  fromHex,
  hkdfSha256,
  type LaneVector,
  lanesFromExactBytes,
  lanesToBytes,
  type MeterId,
  READING_LIMIT,
  type Rng,
  type Slot,
  sha256,
  signedLanes,
  u64,
  utf8
} from '@hushgrid/primitives'
import { hedgedRng } from './hedged-rng.ts'

const READING = utf8('hushgrid/v2/pes-reading')
const KEY = utf8('hushgrid/v2/pes-key')
const METER_KEY = utf8('hushgrid/v2/pes-meter-key')
const PROOF = utf8('hushgrid/v2/pes-plaintext-proof\0')
const NONCE = utf8('nonce')
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Length of a meter's AES-256 key, and of the secret that it is derived from. */
export const METER_KEY_BYTES = 32

/** A reading's network, meter and slot: its ciphertext does not open under others. */
export interface ReadingOrigin {
  readonly networkId: Uint8Array
  readonly meter: MeterId
  readonly slot: Slot
}

/** A PES, as a meter seals for it. */
interface Recipient {
  readonly networkId: Uint8Array
  readonly pes: MeterId
  readonly rsaKey: KeyObject
}

/**
 * Derives a meter's AES-256 key for a PES: HKDF-SHA-256 of the meter's secret, salt networkId, info
 * "hushgrid/v2/pes-meter-key" ‖ meterId ‖ the PES's key ‖ SHA-256 of its RSA key (DER). A PES that the meter has left, or was
 * once handed in place of the right one, has another.
 */
export function keyForPes(secret: Uint8Array, meter: MeterId, { networkId, pes, rsaKey }: Recipient): Uint8Array {
  const rsa = sha256(new Uint8Array(rsaKey.export({ type: 'spki', format: 'der' })))
  return hkdfSha256(secret, networkId, concatBytes(METER_KEY, fromHex(meter), fromHex(pes), rsa), METER_KEY_BYTES)
}

function boundTo({ networkId, meter, slot }: ReadingOrigin): Uint8Array {
  return concatBytes(READING, networkId, fromHex(meter), u64(slot))
}

/**
 * Gives the first 12 bytes of HMAC-SHA-256(HKDF-SHA-256 of the key, salt networkId, info "nonce"; u64 slot ‖ plaintext). A
 * random one is repeated by a virtual machine that is restored from a snapshot, a counter by a restored journal.
 */
function nonceOf(key: Uint8Array, { networkId, slot }: ReadingOrigin, plain: Uint8Array): Uint8Array {
  const nonceKey = hkdfSha256(key, networkId, NONCE, 32)
  return new Uint8Array(createHmac('sha256', nonceKey).update(u64(slot)).update(plain).digest().subarray(0, NONCE_BYTES))
}

/**
 * Seals a reading for the PES with AES-256-GCM (NIST SP 800-38D): with `reencrypt` its lanes, with `direct` its Paillier
 * ciphertext and proof.
 *
 * @returns nonce[12] ‖ ciphertext ‖ tag[16]
 */
export function seal(key: Uint8Array, origin: ReadingOrigin, plain: Uint8Array): Uint8Array {
  const nonce = nonceOf(key, origin, plain)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(boundTo(origin))
  const encrypted = concatBytes(cipher.update(plain), cipher.final())
  plain.fill(0)
  return concatBytes(nonce, encrypted, cipher.getAuthTag())
}

/** Seals the lanes of a reading, for a PES of `reencrypt`. */
export function sealReading(key: Uint8Array, origin: ReadingOrigin, lanes: LaneVector): Uint8Array {
  return seal(key, origin, lanesToBytes(lanes))
}

/** Gives the context of a proof: whose it is, of which network and slot. */
export function proofContext({ networkId, meter, slot }: ReadingOrigin): Uint8Array {
  return concatBytes(PROOF, networkId, fromHex(meter), u64(slot))
}

/**
 * Encrypts a reading for the supplier, all lanes in one plaintext, proves that the plaintext is known, and seals both for
 * the PES. What is drawn depends on reading, slot and key too, so that no two of them share an obfuscator or an announcement.
 */
export function sealProven(key: Uint8Array, origin: ReadingOrigin, lanes: LaneVector, { proofs, packing, rng }: Proving): Uint8Array {
  const plain = lanesToBytes(lanes)
  const context = proofContext(origin)
  const hedged = hedgedRng(rng, key, context, fromHex(proofs.key.fingerprint), plain)
  plain.fill(0)
  const proven = proofs.prove(packing.pack(signedLanes(lanes)), context, hedged)
  return seal(key, origin, proofs.encode(proven))
}

/** Parts of a setup that a meter encrypts with, and its source of random numbers. */
interface Proving {
  readonly proofs: PlaintextProofs
  readonly packing: Packing
  readonly rng: Rng
}

/**
 * Opens what {@link seal} has sealed.
 *
 * @throws Drop on another length, and where the tag does not hold
 */
function unsealed(key: Uint8Array, origin: ReadingOrigin, from: Uint8Array, length: number): Uint8Array {
  if (from.byteLength !== NONCE_BYTES + length + TAG_BYTES)
    throw new Drop('wrong-shape', `expected ${length} bytes under AES-256-GCM, got ${from.byteLength}`)
  const decipher = createDecipheriv('aes-256-gcm', key, from.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(boundTo(origin))
  decipher.setAuthTag(from.subarray(from.byteLength - TAG_BYTES))
  const plain = decipher.update(from.subarray(NONCE_BYTES, from.byteLength - TAG_BYTES))
  try {
    decipher.final()
  } catch (cause) {
    plain.fill(0)
    // OpenSSL says no more than that it failed.
    throw Object.assign(new Drop('bad-signature', 'expected a GCM tag by the meter'), { cause })
  }
  return plain
}

/**
 * Opens a reading of `reencrypt` at the PES.
 *
 * @throws Drop where the tag does not hold or the lanes are not a reading
 */
export function openReading(key: Uint8Array, origin: ReadingOrigin, from: Uint8Array, lanes: number): readonly bigint[] {
  const plain = unsealed(key, origin, from, 8 * lanes)
  const values = signedLanes(lanesFromExactBytes(plain, lanes))
  plain.fill(0)
  if (values.some(value => value >= READING_LIMIT || value <= -READING_LIMIT)) throw new Drop('implausible', 'a reading beyond ±2^47')
  return values
}

/**
 * Opens a ciphertext of `direct` at the PES, with the proof that is still to be checked.
 *
 * @throws Drop where the tag does not hold; CiphertextError on numbers out of their ranges
 */
export function openProven(key: Uint8Array, origin: ReadingOrigin, from: Uint8Array, proofs: PlaintextProofs): PlaintextClaim {
  return { context: proofContext(origin), proven: proofs.decode(unsealed(key, origin, from, proofs.byteLength)) }
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
