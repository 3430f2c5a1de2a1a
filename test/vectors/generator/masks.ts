// Sections 6 and 7: masks, shares and tags.
import { ctr } from '@noble/ciphers/aes.js'
import { x25519 } from '@noble/curves/ed25519.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { byHex, littleEndian, type Member } from './format.ts'

const AGREED = new Map<string, Uint8Array>()

/** What two members share, worked out once. */
function agreed(own: Member, other: Member): Uint8Array {
  const name = [own.blindingKey, other.blindingKey].sort(byHex).join()
  const shared = AGREED.get(name) ?? x25519.getSharedSecret(hexToBytes(own.blindingSecret), hexToBytes(other.blindingKey))
  AGREED.set(name, shared)
  return shared
}

function words(stream: Uint8Array, lanes: number): bigint[] {
  return Array.from({ length: lanes }, (_, l) =>
    stream.subarray(8 * l, 8 * l + 8).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  )
}

/** Section 6: the mask that the lower of two neighbours adds and the higher one subtracts. */
export function edgeMask(own: Member, other: Member, rosterHash: string, slot: number, lanes: number): bigint[] {
  const [lower, higher] = [own.meterId, other.meterId].sort(byHex) as [string, string]
  const info = concatBytes(utf8ToBytes('hushgrid/v2/edge'), hexToBytes(lower), hexToBytes(higher))
  const key = hkdf(sha256, agreed(own, other), hexToBytes(rosterHash), info, 32)
  const blocks = Math.ceil(lanes / 2)
  const counter = littleEndian(BigInt(slot) * BigInt(blocks), 16).reverse()
  return words(ctr(key, counter).encrypt(new Uint8Array(16 * blocks)), lanes)
}

/** In GF(2^8): the product of two polynomials over GF(2), less the multiple of x^8 + x^4 + x^3 + x + 1 that makes it an octet. */
function product(a: number, b: number): number {
  let sum = 0
  for (let bit = 0; bit < 8; bit++) if ((b >> bit) % 2 === 1) sum ^= a << bit
  for (let bit = 14; bit >= 8; bit--) if ((sum >> bit) % 2 === 1) sum ^= 0x11b << (bit - 8)
  return sum
}

const INVERSES = new Map<number, number>()
for (let a = 1; a < 256; a++) for (let b = 1; b < 256; b++) if (product(a, b) === 1) INVERSES.set(a, b)

/** Bytewise, the polynomial of least degree through the values, at another point (Lagrange). */
export function interpolated(values: readonly (readonly [x: number, value: Uint8Array])[], at: number): Uint8Array {
  const result = new Uint8Array(16)
  for (const [x, value] of values) {
    let weight = 1
    for (const [other] of values) if (other !== x) weight = product(weight, product(at ^ other, INVERSES.get(x ^ other) as number))
    for (let i = 0; i < 16; i++) result[i] = (result[i] as number) ^ product(weight, value[i] as number)
  }
  return result
}

export function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ (b[i] as number))
}

/** Section 7, recovery 2: r of the holder. */
export function shareOf(owner: Member, holder: Member, rosterHash: string, slot: number): Uint8Array {
  const info = concatBytes(utf8ToBytes('hushgrid/v2/share'), hexToBytes(owner.meterId), hexToBytes(holder.meterId))
  const key = hkdf(sha256, agreed(owner, holder), hexToBytes(rosterHash), info, 32)
  return ctr(key, littleEndian(slot, 16).reverse()).encrypt(new Uint8Array(16))
}

export const thresholdOf = (neighbours: number): number => Math.floor((2 * neighbours) / 3) + 1

/** Section 7, recovery 2: what follows from a seed. */
export function fromSeed(
  seed: Uint8Array,
  owner: string,
  rosterHash: string,
  slot: number,
  lanes: number
): { mask: bigint[]; check: string } {
  const derived = (label: string, length: number) =>
    hkdf(sha256, seed, hexToBytes(rosterHash), concatBytes(utf8ToBytes(label), hexToBytes(owner), littleEndian(slot, 8)), length)
  const stream = ctr(derived('hushgrid/v2/private-mask', 32), new Uint8Array(16)).encrypt(new Uint8Array(8 * lanes))
  return { mask: words(stream, lanes), check: bytesToHex(derived('hushgrid/v2/private-check', 16)) }
}

/** Section 7, recovery 2: the tag of a share. */
export function tagOf(r: Uint8Array, owner: Member, holder: Member, rosterHash: string, slot: number): string {
  const ids = concatBytes(hexToBytes(owner.meterId), hexToBytes(holder.meterId))
  const message = concatBytes(utf8ToBytes('hushgrid/v2/share-tag'), hexToBytes(rosterHash), ids, littleEndian(slot, 8))
  return bytesToHex(hmac(sha256, r, message).subarray(0, 8))
}

/** Section 7, recovery 2: the private mask of an owner, given r of its neighbours in their order. */
export function privateMask(owner: string, r: readonly Uint8Array[], rosterHash: string, slot: number, lanes: number) {
  const given = r.slice(0, thresholdOf(r.length)).map((value, i) => [i + 1, value] as const)
  const corrections = r.slice(given.length).map((value, i) => bytesToHex(xor(interpolated(given, given.length + 1 + i), value)))
  return { ...fromSeed(interpolated(given, 0), owner, rosterHash, slot, lanes), corrections }
}
