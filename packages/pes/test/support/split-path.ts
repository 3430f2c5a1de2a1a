// The path in memory with the supplier's key really split in two, as the dealer's files hold it.
import { decodeEnvelope, MessageType, PesAggregate, PesBatch, PesReading } from '@hushgrid/messages'
import type { Ciphertext, ProvenCiphertext } from '@hushgrid/paillier'
import { fromHex, SeededRng, type Slot, sha256, toHex } from '@hushgrid/primitives'
import { createPes } from '../../src/pes/machine.ts'
import { openProven, proofContext, seal } from '../../src/reading.ts'
import { decodeKeyShare, decryptWith, encodeKeyShare, partialOf } from '../../src/supplier/key.ts'
import { createSupplier, stepSupplier } from '../../src/supplier/machine.ts'
import { dealt, type PathOptions, paillier, shares, VirtualPath } from './virtual-path.ts'

export const rng = new SeededRng('direct path')
export const [supplierShare, pesShare] = shares.map(share =>
  decodeKeyShare(encodeKeyShare({ publicKey: paillier.publicKey, share, dealt }), { insecure: true })
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
    this.pes = createPes({ ...this.pesConfig(), partial: countedPartial }, undefined, this.now)
    this.supplier = createSupplier({
      terms: this.terms,
      decrypt: (aggregate, theirs) => {
        this.decryptions++
        return decrypt(aggregate, theirs)
      }
    })
  }

  /** A reading as a meter seals and signs it, whatever its ciphertext and proof are. */
  signed(index: number, slot: number, plain: Uint8Array): Uint8Array {
    const { identity, key } = this.meter(index)
    const sealed = seal(key, this.origin(index, slot), Uint8Array.from(plain))
    return this.seal(identity, MessageType.PesReading, slot, PesReading.encode({ sealed }))
  }

  /** A plaintext as a meter encrypts it, with a proof that is its own. */
  proven(index: number, slot: number, m: bigint): Uint8Array {
    const { proofs } = this.direct
    return proofs.encode(proofs.prove(m, proofContext(this.origin(index, slot)), rng))
  }

  /** A proof of a plaintext that is longer than the packing, by a meter that does not keep to it. */
  provenLong(index: number, slot: number, m: bigint): Uint8Array {
    const { proofs } = this.direct
    const random = (bits: number): bigint => BigInt(`0x${toHex(rng.bytes(bits / 8))}`)
    const [r, x, u] = [256, 384, 512].map(random) as [bigint, bigint, bigint]
    const ciphertext = publicKey.encryptWith(m, publicKey.powerOfHs(r))
    const announcement = publicKey.encryptWith(x, publicKey.powerOfHs(u))
    const context = proofContext(this.origin(index, slot))
    const hash = sha256(context, fromHex(publicKey.fingerprint), ciphertext.toBytes(), announcement.toBytes())
    const e = BigInt(`0x${toHex(hash.subarray(0, 16).toReversed())}`)
    return proofs.encode({ ciphertext, announcement: announcement.value, plaintextResponse: x + e * m, exponentResponse: u + e * r })
  }

  get direct() {
    const { direct } = this.terms
    if (!direct) throw new Error('expected a setup of direct')
    return direct
  }

  origin(index: number, slot: number) {
    return { networkId: this.terms.networkId, meter: this.meter(index).identity.id, slot: slot as Slot }
  }

  /** Ciphertext and proof in a meter's PesReading envelope. */
  opened(index: number, envelope: Uint8Array): ProvenCiphertext {
    const { slot, payload } = decodeEnvelope(envelope)
    const { sealed } = PesReading.decode(payload)
    return openProven(this.meter(index).key, this.origin(index, slot), sealed, this.direct.proofs).proven
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
