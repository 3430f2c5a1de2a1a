// The path in memory with the supplier's key really split in two, as the dealer's files hold it.
import { decodeEnvelope, MessageType, PesAggregate, PesBatch, PesReading, sealEnvelope } from '@hushgrid/messages'
import { type Ciphertext, splitKey } from '@hushgrid/paillier'
import { type Epoch, SeededRng, type SigningKey, type Slot } from '@hushgrid/primitives'
import { createPes } from '../../src/pes/machine.ts'
import { decodeKeyShare, decryptWith, encodeKeyShare, partialOf } from '../../src/supplier/key.ts'
import { createSupplier, stepSupplier } from '../../src/supplier/machine.ts'
import { type PathOptions, paillier, VirtualPath } from './virtual-path.ts'

export const rng = new SeededRng('direct path')
export const [supplierShare, pesShare] = splitKey(paillier, rng).map(share =>
  decodeKeyShare(encodeKeyShare({ publicKey: paillier.publicKey, share }), { insecure: true })
) as [ReturnType<typeof decodeKeyShare>, ReturnType<typeof decodeKeyShare>]
export const { publicKey } = paillier

export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
export const without = (n: number, ...left: readonly number[]): number[] => upTo(n).filter(index => !left.includes(index))
export const reasons = (outputs: readonly { readonly type: string }[]): string[] =>
  outputs.flatMap(output => (output.type === 'dropped' ? [(output as unknown as { reason: string }).reason] : []))

/** The whole path, where PES and supplier have a share of the key each; counts what either was asked to decrypt. */
export class SplitPath extends VirtualPath {
  partials = 0
  decryptions = 0

  constructor(options: PathOptions = {}) {
    super({ ...options, variant: 'direct' })
    const partial = partialOf(pesShare)
    const decrypt = decryptWith(supplierShare)
    const countedPartial = (aggregate: Ciphertext): Uint8Array => {
      this.partials++
      return partial(aggregate)
    }
    this.pes = createPes({ ...this.pesConfig(), rsaKey: undefined, partial: countedPartial }, undefined, this.now)
    this.supplier = createSupplier({
      terms: this.terms,
      decrypt: (aggregate, theirs) => {
        this.decryptions++
        return decrypt(aggregate, theirs)
      }
    })
  }

  seal(signer: SigningKey, type: MessageType, slot: number, payload: Uint8Array): Uint8Array {
    return sealEnvelope(signer, type, this.terms.networkId, 0 as Epoch, slot as Slot, payload)
  }

  /** A reading as a meter signs it, whatever its ciphertext is. */
  signed(index: number, slot: number, ciphertext: Uint8Array): Uint8Array {
    return this.seal(this.meter(index).identity, MessageType.PesReading, slot, PesReading.encode({ ciphertext }))
  }

  /** What a meter sent for its n-th slot. */
  sent(index: number, n = 0): Uint8Array {
    return (this.meter(index).journal[n] as { bytes: Uint8Array }).bytes
  }

  /** The concentrator's batches from now on, changed before it signs them. */
  alterBatches(change: (batch: PesBatch, slot: number) => Partial<Parameters<typeof PesBatch.encode>[0]>): void {
    this.onBatch = bytes => {
      const { slot, payload } = decodeEnvelope(bytes)
      const batch = PesBatch.decode(payload)
      return this.seal(this.concentratorKey, MessageType.PesBatch, slot, PesBatch.encode({ ...batch, ...change(batch, slot) }))
    }
  }

  /** Aggregates of slots that the PES has signed, as the concentrator forwards them. */
  aggregates(): readonly { readonly slot: number; readonly bytes: Uint8Array; readonly payload: PesAggregate }[] {
    return this.outputs.concentrator.flatMap(output => {
      if (output.type !== 'forward') return []
      const { type, slot, payload } = decodeEnvelope(output.bytes)
      return type === MessageType.PesAggregate ? [{ slot, bytes: output.bytes, payload: PesAggregate.decode(payload) }] : []
    })
  }

  /** Hands something to the supplier; why it was dropped, and whether it gave anything out. */
  give(bytes: Uint8Array): { readonly dropped: string[]; readonly figures: number } {
    const { outputs } = stepSupplier(this.supplier, { type: 'message', from: this.concentratorKey.id, bytes }, this.now)
    return { dropped: reasons(outputs), figures: outputs.filter(({ type }) => type === 'total' || type === 'consumption').length }
  }
}

/** The ciphertext in a meter's PesReading envelope. */
export function ciphertextOf(envelope: Uint8Array): Ciphertext {
  return publicKey.decodeCiphertext(PesReading.decode(decodeEnvelope(envelope).payload).ciphertext)
}
