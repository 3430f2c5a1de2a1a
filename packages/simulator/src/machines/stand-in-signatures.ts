// Signatures of a simulation: Ed25519, or stand-ins without its cost.
import { hash } from 'node:crypto'
import {
  concatBytes,
  equalBytes,
  IdentityKey,
  type MeterId,
  meterId,
  type Rng,
  type SigningKey,
  sha256,
  utf8,
  type VerifierOf,
  type VerifyingKey
} from '@hushgrid/primitives'

const ID = utf8('hushgrid/stand-in/id')
const SIGNATURE = utf8('hushgrid/stand-in/signature')

class StandInKey implements SigningKey, VerifyingKey {
  readonly id: MeterId
  readonly #secret: Uint8Array
  /** Message that was signed last: a town checks the same result a thousand times over. */
  #message = new Uint8Array(0)
  #signature: Uint8Array = new Uint8Array(0)

  constructor(secret: Uint8Array) {
    this.id = meterId(sha256(ID, secret))
    this.#secret = concatBytes(SIGNATURE, secret)
  }

  sign(message: Uint8Array): Uint8Array {
    return this.#sign(message).slice()
  }

  #sign(message: Uint8Array): Uint8Array {
    if (this.#signature.byteLength === 0 || !equalBytes(message, this.#message)) {
      this.#message = Uint8Array.from(message)
      this.#signature = new Uint8Array(hash('sha512', concatBytes(this.#secret, message), 'buffer'))
    }
    return this.#signature
  }

  verify(message: Uint8Array, signature: Uint8Array): boolean {
    return equalBytes(this.#sign(message), signature)
  }
}

/** Key of a stranger to the simulation: no signature holds. */
const NOBODY: VerifyingKey = { verify: () => false }

/**
 * Signatures without the cost of Ed25519: SHA-512 keyed with each signer's secret, which the verifier looks up by the
 * signer's id among the keys made here. Messages differ in the signatures' values only, state machines not at all. Never
 * use it outside a simulation: whoever can verify can sign.
 */
export class StandInSignatures {
  readonly #keys = new Map<MeterId, StandInKey>()

  generate(rng: Rng): SigningKey {
    const key = new StandInKey(rng.bytes(32))
    this.#keys.set(key.id, key)
    return key
  }

  /** The verifier for the configurations of the machines. */
  readonly verifier = (id: MeterId): VerifyingKey => this.#keys.get(id) ?? NOBODY
}

/** Keys of a simulation's parties, and who checks their signatures; Ed25519's own verifier where none is given. */
interface Signatures {
  readonly generate: (rng: Rng) => SigningKey
  readonly verifier: VerifierOf | undefined
}

/** Makes signatures of a kind. */
export function signatures(kind: 'ed25519' | 'stand-in'): Signatures {
  if (kind === 'ed25519') return { generate: rng => IdentityKey.generate(rng), verifier: undefined }
  const made = new StandInSignatures()
  return { generate: rng => made.generate(rng), verifier: made.verifier }
}
