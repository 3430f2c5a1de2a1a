/**
 * Edge openings (PROTOCOL.md section 7, "Edge opening"): a member shows the secret that it shares with one neighbour, and
 * proves that it is that one. From it follow all that either should have sent for the edge: {@link edgeMask},
 * {@link shareOf} and {@link shareTag}.
 */
import { type BlindingKey, concatBytes, provenSharedSecret, type Rng, sha512, utf8 } from '@hushgrid/primitives'

const PROOF_DOMAIN = utf8('hushgrid/v2/edge-secret-proof\0')
const NONCE_INFO = utf8('hushgrid/v2/edge-nonce\0')

/** An edge as seen by the member that opens it. */
export interface OpenedEdge {
  /** Blinding key of the opening's sender, 32 bytes. */
  readonly sender: Uint8Array
  /** Blinding key of the neighbour. */
  readonly other: Uint8Array
  readonly rosterHash: Uint8Array
}

/**
 * Opens the edge with one neighbour. The nonce is hashed with all that the proof is of, so that a machine that is restored
 * and draws the same random bytes again still has a nonce of its own for each edge.
 *
 * @param other - the neighbour's blinding key
 * @param rng - source of 64 bytes, the system's outside a simulation
 * @returns `Z ‖ e ‖ z`, 96 bytes
 * @throws WeakKeyError where the neighbour's key is not of prime order, which enrolment refuses
 */
export function openEdge(own: BlindingKey, other: Uint8Array, rosterHash: Uint8Array, rng: Rng): Uint8Array {
  const random = rng.bytes(64)
  const nonce = sha512(NONCE_INFO, random, rosterHash, own.publicKey, other)
  random.fill(0)
  const opening = own.proveShared(other, proofDomain(rosterHash), nonce)
  nonce.fill(0)
  return opening
}

/**
 * Checks an edge opening.
 *
 * @param opening - `Z ‖ e ‖ z`
 * @returns the pair's X25519 shared secret, 32 bytes; undefined where the opening does not hold
 * @throws WeakKeyError where a key of the roster is not of prime order
 */
export function openedSecret({ sender, other, rosterHash }: OpenedEdge, opening: Uint8Array): Uint8Array | undefined {
  return provenSharedSecret({ prover: sender, other, domain: proofDomain(rosterHash) }, opening)
}

/** First bytes of the hash that gives e. */
export function proofDomain(rosterHash: Uint8Array): Uint8Array {
  return concatBytes(PROOF_DOMAIN, rosterHash)
}
