// A PES as a libp2p node: it fetches the supplier's key, signs the setup, and answers the concentrator.
import { networkId } from '@hushgrid/dcnet'
import { MessageType, SyncReply } from '@hushgrid/messages'
import { NetworkNode, PesService, type RoleNodeInit, requestSetup, stopRole, untilDone } from '@hushgrid/network'
import { formSetup, type KeyShare, type PesLimits, type PesOutput, type PesTerms, partialOf } from '@hushgrid/pes'
import { HushgridError, type MeterId, systemRng } from '@hushgrid/primitives'
import type { PesStore } from './store.ts'

export interface PesNodeInit extends RoleNodeInit<PesOutput> {
  readonly store: PesStore
  readonly limits: PesLimits
  /** Multiaddr of the supplier, with its peer id; it gives its Paillier key, and gets the setup. */
  readonly supplier: string
  /** Key that may sign the Paillier key; that of the supplier at {@link supplier} where it is left out. */
  readonly supplierKey?: MeterId | undefined
  readonly concentrator: MeterId
  /** Share of the decryption key that the dealer gave the PES, with `direct`. */
  readonly share?: KeyShare | undefined
  /** Key of the dealer, as the network file names it. */
  readonly dealer?: MeterId | undefined
  /** Meters on the dealer's list; any where it is left out, which is for labs. */
  readonly allowed?: ReadonlySet<MeterId> | undefined
  /** Source of obfuscators made ahead, once the supplier's key is known; with `reencrypt`. */
  readonly obfuscators?: ((terms: PesTerms) => () => bigint | undefined) | undefined
  /** Ends the attempts to reach the supplier. */
  readonly signal: AbortSignal
}

/** Running PES. */
export interface PesNode {
  readonly node: NetworkNode
  readonly service: PesService
  readonly terms: PesTerms
  stop(): Promise<void>
}

/** Starts a PES: fetches the supplier's key, signs the setup, tells the supplier, and answers the concentrator from then on. */
export async function startPes(init: PesNodeInit): Promise<PesNode> {
  const { store, network, limits, supplier, signal, warn } = init
  const id = networkId(network)
  const node: NetworkNode = await NetworkNode.start({ ...init, identity: store.identity })
  try {
    const failed = (cause: unknown): void => warn?.(`asking the supplier: ${cause instanceof Error ? cause.message : String(cause)}`)
    const paillierKey = await untilDone(
      signal,
      () => requestSetup(node, { address: supplier, stream: 'mdms', identity: store.identity, networkId: id }, signal),
      failed
    )
    const { share, dealer } = init
    const { setup, terms } = formSetup(paillierKey, {
      ...{ identity: store.identity, networkId: id, rsaKey: store.rsaPublicKey, limits },
      ...{ supplier: init.supplierKey, share, dealer }
    })
    await untilDone(signal, () => tell(node, supplier, setup, signal), failed)
    const obfuscator = init.obfuscators?.(terms)
    const service = new PesService({
      ...init,
      node,
      config: {
        identity: store.identity,
        terms,
        concentrator: init.concentrator,
        rng: systemRng,
        rsaKey: store.rsaKey,
        allowed: init.allowed,
        partial: share && partialOf(share),
        obfuscator
      },
      setup,
      snapshot: store.snapshot,
      keep: snapshot => store.keep(snapshot)
    })
    await service.start()
    return { node, service, terms, stop: () => stopRole({ service, node, store }) }
  } catch (cause) {
    await node.stop()
    store.close()
    throw cause
  }
}

/** Sends the setup to the supplier, which has to know the PES and its limits. */
async function tell(node: NetworkNode, supplier: string, setup: Uint8Array, signal: AbortSignal): Promise<void> {
  const peer = await node.connect(supplier, signal)
  const { refused } = SyncReply.decode(await node.request(peer, 'mdms', setup, signal))
  if (refused !== '') throw new HushgridError(`the supplier refuses the ${MessageType.PesSetup}: ${refused}`)
}
