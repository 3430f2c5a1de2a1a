// The nodes of the path by concentrator and PES, each configured as its program would be.
import type { KeyObject } from 'node:crypto'
import { networkId } from '@hushgrid/dcnet'
import { type DecryptionShare, type PrivateKey, splitKey } from '@hushgrid/paillier'
import {
  dailyBilling,
  decryptWith,
  type KeyShare,
  type PesLimits,
  type PesVariantName,
  partialOf,
  sealPaillierKey,
  signDealt
} from '@hushgrid/pes'
import { type MeterId, SeededRng, type SigningKey } from '@hushgrid/primitives'
import { ConcentratorNode } from '../machines/concentrator-node.ts'
import { PesMeterNode } from '../machines/pes-meter-node.ts'
import { PesNode } from '../machines/pes-node.ts'
import { signatures } from '../machines/stand-in-signatures.ts'
import { SupplierNode } from '../machines/supplier-node.ts'
import type { VirtualNetwork } from '../network/virtual-network.ts'
import type { NeighbourhoodConfig, NeighbourhoodOptions } from './config.ts'
import { PeerDirectory } from './directory.ts'

/** Keys that take long to make and come from outside, since nothing here draws them from the seed. */
export interface PesKeys {
  /** The supplier's key; one below 2048 bits is taken too, as tests use it. */
  readonly paillier: PrivateKey
  /** Key of the PES, of 3072 bits at least. */
  readonly rsa: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
}

export interface PesOptions extends NeighbourhoodOptions {
  readonly keys: PesKeys
  /** Billing period and its limit; a day, half of which is billed at least, unless given. */
  readonly billing?: Pick<PesLimits, 'billingSlots' | 'minReadings'> | undefined
}

/** Length of a key that is no test's, bits. */
const SECURE_BITS = 2048

/** Makes the nodes of one neighbourhood, with keys of one seed but for the two that are given, and enters them in its directory. */
export class PesNodeMaker {
  readonly #variant: PesVariantName
  readonly #options: PesOptions
  readonly #config: NeighbourhoodConfig
  readonly #network: VirtualNetwork
  readonly #directory = new PeerDirectory()
  readonly #networkId: Uint8Array
  readonly #rng: SeededRng
  readonly #waits: SeededRng
  readonly #signatures: ReturnType<typeof signatures>
  readonly #keys: Readonly<Record<'supplier' | 'pes' | 'concentrator' | 'dealer', SigningKey>>

  constructor(variant: PesVariantName, options: PesOptions, config: NeighbourhoodConfig, network: VirtualNetwork) {
    this.#variant = variant
    this.#options = options
    this.#config = config
    this.#network = network
    this.#networkId = networkId(config.name)
    this.#rng = new SeededRng(`${config.seed} pes keys`)
    this.#waits = new SeededRng(`${config.seed} pes waits`)
    this.#signatures = signatures(config.signatures)
    this.#keys = { supplier: this.#newIdentity(), pes: this.#newIdentity(), concentrator: this.#newIdentity(), dealer: this.#newIdentity() }
  }

  /** Public keys of all who sign and are no meters; with `direct` the dealer's too. */
  get keys(): Readonly<Record<string, MeterId>> {
    const { supplier, pes, concentrator, dealer } = this.#keys
    return { concentrator: concentrator.id, pes: pes.id, supplier: supplier.id, ...(this.#variant === 'direct' && { dealer: dealer.id }) }
  }

  /** Draws evenly protocol milliseconds below a bound, for what happens at no certain moment. */
  wait(bound: number): number {
    return this.#waits.below(Math.max(1, bound))
  }

  parties(): { readonly supplier: SupplierNode; readonly pes: PesNode; readonly concentrator: ConcentratorNode } {
    const shares = this.#shares()
    const supplier = this.#supplier(shares?.[0])
    const pes = this.#pes(supplier, shares?.[1])
    const concentrator = new ConcentratorNode({
      ...{ ...this.#place, policy: this.#policy, pes: pes.number, supplier: supplier.number },
      config: { identity: this.#keys.concentrator, verifier: this.#signatures.verifier }
    })
    for (const { id, number } of [supplier, pes, concentrator]) this.#directory.enter(id, number)
    return { supplier, pes, concentrator }
  }

  meter(meter: number, concentrator: ConcentratorNode): PesMeterNode {
    const { seed, slotSeconds, readings, minMembers } = this.#config
    const { networkId: id, verifier, insecure, pes, supplier, dealer } = this.#policy
    const node = new PesMeterNode({
      ...{ network: this.#network, concentrator, meter, readings, wait: bound => this.wait(bound) },
      config: {
        ...{ identity: this.#newIdentity(), networkId: id, slotSeconds, verifier, concentrator: concentrator.id },
        secret: this.#rng.bytes(32),
        policy: { pes, supplier, dealer, variant: this.#variant, minMembers, insecure },
        rng: new SeededRng(`${seed} pes meter ${meter}`)
      }
    })
    this.#directory.enter(node.id, node.number)
    return node
  }

  #newIdentity(): SigningKey {
    return this.#signatures.generate(this.#rng)
  }

  get #place() {
    return { network: this.#network, idOf: (peer: number): MeterId => this.#directory.idOf(peer) }
  }

  /** Policy by which every party opens a setup. */
  get #policy() {
    const { pes, supplier, dealer } = this.#keys
    const { verifier } = this.#signatures
    const insecure = this.#options.keys.paillier.publicKey.bits < SECURE_BITS
    const signers = { pes: pes.id, supplier: supplier.id, dealer: dealer.id, verifier }
    return { ...signers, insecure, networkId: this.#networkId, slotSeconds: this.#config.slotSeconds }
  }

  #supplier(share: KeyShare | undefined): SupplierNode {
    const { supplier } = this.#keys
    const { paillier } = this.#options.keys
    const { publicKey } = paillier
    return new SupplierNode({
      ...{ ...this.#place, policy: this.#policy, id: supplier.id, own: { publicKey, share } },
      paillierKey: sealPaillierKey(supplier, this.#networkId, publicKey, share?.dealt),
      config: {
        verifier: this.#signatures.verifier,
        decrypt: share ? decryptWith(share) : aggregate => paillier.decrypt(aggregate)
      }
    })
  }

  #pes({ number }: SupplierNode, share: KeyShare | undefined): PesNode {
    const { seed, lanes, slotSeconds, minMembers } = this.#config
    const { keys, billing } = this.#options
    return new PesNode({
      ...{ ...this.#place, supplier: number },
      forming: {
        ...{ ...this.#policy, share, identity: this.#keys.pes, rsaKey: keys.rsa.publicKey },
        limits: { lanes, slotSeconds, minMembers, ...(billing ?? dailyBilling(slotSeconds)) }
      },
      config: {
        concentrator: this.#keys.concentrator.id,
        rng: new SeededRng(`${seed} pes`),
        rsaKey: keys.rsa.privateKey,
        partial: share && partialOf(share)
      }
    })
  }

  /** Deals the shares of supplier and PES; none with `reencrypt`. */
  #shares() {
    if (this.#variant !== 'direct') return undefined
    const [first, second] = splitKey(this.#options.keys.paillier, this.#rng)
    return [this.#shareOf(first), this.#shareOf(second)] as const
  }

  #shareOf(share: DecryptionShare): KeyShare {
    const { publicKey } = this.#options.keys.paillier
    return { publicKey, share, dealt: signDealt(this.#keys.dealer, this.#networkId, publicKey, share) }
  }
}
