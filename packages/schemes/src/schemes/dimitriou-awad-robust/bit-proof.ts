// Proof that a commitment holds 0 or 1 (Cramer, Damgård, Schoenmakers 1994): of two proofs of Schnorr's kind the one that the
// prover cannot give is made up from a challenge of its own choice, and both challenges together have to be the hash.
import { hash } from 'node:crypto'
import { concatBytes, type MeterId, type Rng } from '@hushgrid/primitives'
import { encodeScalar, G, H, type Point, reduceToScalar, type Scalar, scalar } from '@hushgrid/primitives/group'
import { randomScalar } from '../../arithmetic/random.ts'
import { decodePoints, decodeScalars } from '../../bodies/elements.ts'
import type { Work } from '../../scheme.ts'

/** Bytes of B ‖ c0 ‖ c1 ‖ z0 ‖ z1. */
export const BIT_BYTES = 160
const POINT_BYTES = 32

const MINUS_G = G.multiply(-1n)

/** A commitment to a bit with its proof, as it is sent. */
export interface CommittedBit {
  /** Opening of the commitment, which stays. */
  readonly opening: Scalar
  readonly bytes: Uint8Array
}

function challengeOf(context: Uint8Array, ...points: readonly Point[]): Scalar {
  return reduceToScalar(hash('sha512', concatBytes(context, ...points.map(point => point.encode())), 'buffer'))
}

/**
 * Commits to a bit, B = bit·G + ρ·H, and proves that it is one.
 *
 * @param context - what the proof is for; it proves nothing elsewhere
 */
export function commitBit(bit: 0 | 1, context: Uint8Array, rng: Rng, work: Work): CommittedBit {
  const [opening, k, feigned, response] = [randomScalar(rng), randomScalar(rng), randomScalar(rng), randomScalar(rng)]
  const blinding = H.multiply(opening)
  const committed = bit === 1 ? blinding.add(G) : blinding
  // Holds B − (the other bit)·G, whose logarithm to base H the prover does not know.
  const other = bit === 1 ? committed : committed.add(MINUS_G)
  const real = H.multiply(k)
  const made = H.multiply(response).add(other.multiply(-feigned))
  work.count('scalar-mult', 4)
  const [first, second] = bit === 1 ? [made, real] : [real, made]
  const challenge = scalar(challengeOf(context, committed, first, second) - feigned)
  const answer = scalar(k + challenge * opening)
  const scalars = bit === 1 ? [feigned, challenge, response, answer] : [challenge, feigned, answer, response]
  return { opening, bytes: concatBytes(committed.encode(), ...scalars.map(encodeScalar)) }
}

/** Decodes B ‖ c0 ‖ c1 ‖ z0 ‖ z1. @throws MalformedBodyError */
export function decodeBit(bytes: Uint8Array, sender: MeterId): { committed: Point; proof: readonly Scalar[] } {
  const [committed] = decodePoints(bytes.subarray(0, POINT_BYTES), 1, sender) as [Point]
  return { committed, proof: decodeScalars(bytes.subarray(POINT_BYTES), 4, sender) }
}

/** Tells whether a commitment is proved to hold 0 or 1. */
export function holdsBit({ committed, proof }: ReturnType<typeof decodeBit>, context: Uint8Array, work: Work): boolean {
  const [c0, c1, z0, z1] = proof as readonly [Scalar, Scalar, Scalar, Scalar]
  const first = H.multiply(z0).add(committed.multiply(-c0))
  const second = H.multiply(z1).add(committed.add(MINUS_G).multiply(-c1))
  work.count('scalar-mult', 4)
  return scalar(c0 + c1) === challengeOf(context, committed, first, second)
}
