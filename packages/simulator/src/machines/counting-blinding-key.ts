import { BlindingKey } from '@hushgrid/primitives'

/** Blinding key that reports every key agreement, so that its cost can be charged to a change. */
export class CountingBlindingKey extends BlindingKey {
  readonly #agreed: (publicKey: Uint8Array) => void

  /** @param agreed - told the other's public key just before each agreement */
  constructor(secret: Uint8Array, agreed: (publicKey: Uint8Array) => void) {
    super(secret)
    this.#agreed = agreed
  }

  override agree(publicKey: Uint8Array): Uint8Array {
    this.#agreed(publicKey)
    return super.agree(publicKey)
  }
}
