// Openings of Pedersen commitments to blindings, as the robust scheme of Dimitriou and Awad sends them between neighbours.
import type { PrivateKey } from '@hushgrid/paillier'
import { concatBytes, type MeterId, type Rng } from '@hushgrid/primitives'
import { encodeScalar, G, GROUP_ORDER, H, type Point, type Scalar } from '@hushgrid/primitives/group'
import { randomScalar } from '../../arithmetic/random.ts'
import type { SquareRing } from '../../arithmetic/square-ring.ts'
import { decodePoints, decodeScalars } from '../../bodies/elements.ts'
import type { Work } from '../../scheme.ts'

/** Bits of each half in a plaintext: r + 2^256·s. */
const HALF_BITS = 256

/** A blinding r and the opening s of its commitment K = r·G + s·H. */
export interface Opening {
  readonly r: Scalar
  readonly s: Scalar
}

export function drawOpening(rng: Rng): Opening {
  const r = randomScalar(rng)
  return { r, s: randomScalar(rng) }
}

export function commitmentTo({ r, s }: Opening, work: Work): Point {
  work.count('scalar-mult', 2)
  return G.multiply(r).add(H.multiply(s))
}

/** Packs an opening into one plaintext. */
function packOpening({ r, s }: Opening): bigint {
  return r + (s << BigInt(HALF_BITS))
}

/** Reads an opening of a commitment from a plaintext; undefined where it is none. */
export function openingIn(plain: bigint, commitment: Point, work: Work): Opening | undefined {
  if (plain < 0n) return undefined
  const [r, s] = [BigInt.asUintN(HALF_BITS, plain), plain >> BigInt(HALF_BITS)]
  if (r >= GROUP_ORDER || s >= GROUP_ORDER) return undefined
  const opening = { r: r as Scalar, s: s as Scalar }
  return commitmentTo(opening, work).equals(commitment) ? opening : undefined
}

export function encodeOpening({ r, s }: Opening): Uint8Array {
  return concatBytes(encodeScalar(r), encodeScalar(s))
}

/** Decodes openings, 64 bytes each. @throws MalformedBodyError */
export function decodeOpenings(body: Uint8Array, count: number, sender: MeterId): Opening[] {
  const scalars = decodeScalars(body, 2 * count, sender)
  return Array.from({ length: count }, (_, i) => ({ r: scalars[2 * i] as Scalar, s: scalars[2 * i + 1] as Scalar }))
}

/** An opening under its receiver's key, with its commitment. */
export interface SealedOpening {
  readonly ciphertext: bigint
  readonly commitment: Point
}

/** Encrypts an opening: ciphertext ‖ commitment. */
export function sealOpening(opening: Opening, commitment: Point, ring: SquareRing, { rng, work }: { rng: Rng; work: Work }): Uint8Array {
  return concatBytes(ring.encode(ring.encrypt(packOpening(opening), rng, work)), commitment.encode())
}

/** @throws MalformedBodyError */
export function decodeSealed(body: Uint8Array, ring: SquareRing, sender: MeterId): SealedOpening {
  const ciphertext = ring.decode(body.subarray(0, ring.elementBytes), sender)
  const [commitment] = decodePoints(body.subarray(ring.elementBytes), 1, sender) as [Point]
  return { ciphertext, commitment }
}

/** Decrypts a number of one key. */
export function decryptUnder(key: PrivateKey, ciphertext: bigint, work: Work): bigint {
  work.count('paillier-decrypt')
  return key.decrypt(key.publicKey.ciphertext(ciphertext))
}
