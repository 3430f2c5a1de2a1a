// One holder's part of a decryption: its fields, and the plaintext made of two. See threshold.ts.
import { checkLength, concatBytes, fromHex, HushgridError, InvalidArgumentError, sha256, toHex, u8 } from '@hushgrid/primitives'
import { fromBytes, gcd, toBytes } from '../arithmetic/integers.ts'
import { KeyMismatchError } from '../errors.ts'
import type { Ciphertext, PublicKey } from '../keys/public-key.ts'

/** Bits by which a share's range exceeds that of d: statistical distance 2^−128. */
export const HIDING_BITS = 128
/** Bits of the proof's challenge: the whole SHA-256 digest. */
export const CHALLENGE_BITS = 256
export const HASH_BYTES = 32
export const VERSION = 1

/** A partial decryption that cannot be combined, or whose proof does not hold. */
export class PartialDecryptionError extends HushgridError {
  override name = 'PartialDecryptionError'
}

/** The holder of a share. */
export type Holder = 1 | 2

/** Fields of a {@link PartialDecryption}. Fingerprints and hash: SHA-256 in hexadecimal. */
export interface PartialDecryptionFields {
  readonly holder: Holder
  /** Fingerprint of the public key. */
  readonly keyFingerprint: string
  /** Fingerprint of the `VerificationKey`. */
  readonly splitFingerprint: string
  /** Hash of the ciphertext's bytes. */
  readonly ciphertextHash: string
  /** Power c^(dᵢ) mod n². */
  readonly value: bigint
  /** Proof: e and z = w − e dᵢ of `VerificationKey`. */
  readonly proof: { readonly challenge: Uint8Array; readonly response: bigint }
}

/** One holder's power of a ciphertext. Public in the sense that it says no more than the plaintext. */
export class PartialDecryption implements PartialDecryptionFields {
  readonly holder: Holder
  readonly keyFingerprint: string
  readonly splitFingerprint: string
  readonly ciphertextHash: string
  readonly value: bigint
  readonly proof: { readonly challenge: Uint8Array; readonly response: bigint }

  constructor(fields: PartialDecryptionFields) {
    this.holder = fields.holder
    this.keyFingerprint = fields.keyFingerprint
    this.splitFingerprint = fields.splitFingerprint
    this.ciphertextHash = fields.ciphertextHash
    this.value = fields.value
    this.proof = fields.proof
  }

  /**
   * Encodes version ‖ holder ‖ key ‖ split ‖ ciphertext hash ‖ value ‖ challenge ‖ response; fixed length for a key, numbers big-endian.
   */
  toBytes(publicKey: PublicKey): Uint8Array {
    checkKey(publicKey, this.keyFingerprint)
    const hashes = [this.keyFingerprint, this.splitFingerprint, this.ciphertextHash].map(text => fromHex(text))
    const value = toBytes(this.value, publicKey.ciphertextBytes)
    return concatBytes(
      u8(VERSION),
      u8(this.holder),
      ...hashes,
      value,
      this.proof.challenge,
      toBytes(this.proof.response, responseBytes(publicKey))
    )
  }

  /**
   * Decodes without checking the proof, as `VerificationKey.verify` does.
   *
   * @throws KeyMismatchError on one of another key
   * @throws InvalidArgumentError on a wrong length, version or holder, or a value that is not a unit mod n²
   */
  static fromBytes(publicKey: PublicKey, bytes: Uint8Array): PartialDecryption {
    const holder = readHeader(publicKey, bytes, 'partial decryption')
    const width = publicKey.ciphertextBytes
    checkLength(bytes, 2 + 4 * HASH_BYTES + width + responseBytes(publicKey), 'partial decryption')
    const hash = (i: number): Uint8Array => bytes.subarray(2 + i * HASH_BYTES, 2 + (i + 1) * HASH_BYTES)
    const valueAt = 2 + 3 * HASH_BYTES
    const value = fromBytes(bytes.subarray(valueAt, valueAt + width))
    checkUnit(publicKey, value, 'partial decryption')
    const challenge = bytes.slice(valueAt + width, valueAt + width + HASH_BYTES)
    return new PartialDecryption({
      holder,
      keyFingerprint: publicKey.fingerprint,
      splitFingerprint: toHex(hash(1)),
      ciphertextHash: toHex(hash(2)),
      value,
      proof: { challenge, response: fromBytes(bytes.subarray(valueAt + width + HASH_BYTES)) }
    })
  }
}

/**
 * Gives the plaintext in (−n/2, n/2), from both holders' partial decryptions. Believes the holders: one that multiplies
 * its part by (1 + n)^x shifts the result by x. Use `VerificationKey.combine` towards a holder that may cheat.
 *
 * @throws KeyMismatchError on partial decryptions of another key
 * @throws PartialDecryptionError on one holder's twice, on those of different splits or ciphertexts, and where the two do
 *   not complete each other
 */
export function combinePartials(publicKey: PublicKey, a: PartialDecryption, b: PartialDecryption): bigint {
  checkKey(publicKey, a.keyFingerprint)
  checkKey(publicKey, b.keyFingerprint)
  if (a.holder === b.holder)
    throw new PartialDecryptionError(`partial decryptions: expected one of each holder, got two of holder ${a.holder}`)
  if (a.splitFingerprint !== b.splitFingerprint)
    throw new PartialDecryptionError('partial decryptions: expected two of one split of the key, got two splits')
  if (a.ciphertextHash !== b.ciphertextHash)
    throw new PartialDecryptionError('partial decryptions: expected two of one ciphertext, got two ciphertexts')
  const { n, nSquared } = publicKey
  // Squares, since the proofs leave the sign open: (1 + n)^(2m) = 1 + 2mn mod n².
  const product = (a.value * b.value) % nSquared
  const square = (product * product) % nSquared
  if (square % n !== 1n) throw new PartialDecryptionError('partial decryptions: expected two that complete each other, got two that do not')
  const doubled = (square - 1n) / n
  const m = doubled % 2n === 0n ? doubled / 2n : (doubled + n) / 2n
  return m > n / 2n ? m - n : m
}

export function ciphertextHash(c: Ciphertext): string {
  return toHex(sha256(c.toBytes()))
}

/** Reads version, holder and key fingerprint, with which shares and partial decryptions begin. */
export function readHeader(publicKey: PublicKey, bytes: Uint8Array, name: string): Holder {
  if (bytes.byteLength < 2 + HASH_BYTES) throw new InvalidArgumentError(name, `at least ${2 + HASH_BYTES} bytes`, `${bytes.byteLength}`)
  if (bytes[0] !== VERSION) throw new InvalidArgumentError(name, `version ${VERSION}`, String(bytes[0]))
  const holder = bytes[1]
  if (holder !== 1 && holder !== 2) throw new InvalidArgumentError(name, 'holder 1 or 2', String(holder))
  checkKey(publicKey, toHex(bytes.subarray(2, 2 + HASH_BYTES)))
  return holder
}

/** Counts the bits of R, a multiple of 8. */
export function rangeBits(publicKey: PublicKey): number {
  return 8 * Math.ceil((2 * publicKey.bits + HIDING_BITS) / 8)
}

/** Counts the bits of the longest share: R and the part that D adds to it. */
export function shareBits(publicKey: PublicKey): number {
  return rangeBits(publicKey) + 8
}

/** Counts the bytes of the proof's z, which is below 2^(shareBits + 256 + 128) + 2^(shareBits + 256). */
function responseBytes(publicKey: PublicKey): number {
  return (shareBits(publicKey) + CHALLENGE_BITS + HIDING_BITS + 8) >> 3
}

export function checkKey(publicKey: PublicKey, fingerprint: string): void {
  if (fingerprint !== publicKey.fingerprint)
    throw new KeyMismatchError(`expected something of key ${publicKey.fingerprint}, got something of key ${fingerprint}`)
}

export function checkUnit(publicKey: PublicKey, value: bigint, name: string): void {
  if (value <= 0n || value >= publicKey.nSquared || gcd(publicKey.n, value % publicKey.n) !== 1n) {
    throw new InvalidArgumentError(name, 'a unit modulo n²', 'a number that is not')
  }
}
