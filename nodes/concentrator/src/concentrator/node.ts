import { networkId } from '@hushgrid/dcnet'
import { ConcentratorService, NetworkNode, type RoleNodeInit, requestSetup, stopRole, untilDone } from '@hushgrid/network'
import { type ConcentratorOutput, openPesSetup, type PesTerms } from '@hushgrid/pes'
import type { MeterId } from '@hushgrid/primitives'
import type { ConcentratorStore } from './store.ts'

export interface ConcentratorNodeInit extends RoleNodeInit<ConcentratorOutput> {
  readonly store: ConcentratorStore
  readonly slotSeconds: number
  /** Multiaddrs of PES and supplier, with their peer ids. */
  readonly pes: string
  readonly supplier: string
  /** Keys that may sign the setup; any where they are left out. */
  readonly pesKey?: MeterId | undefined
  readonly supplierKey?: MeterId | undefined
  /** Key of the dealer, as the network file names it. */
  readonly dealer?: MeterId | undefined
  /** Meters that are taken in, those on the dealer's list; any where it is left out. */
  readonly allowed?: ReadonlySet<MeterId> | undefined
  /** Ends the attempts to reach the PES. */
  readonly signal: AbortSignal
}

/** A running concentrator. */
export interface ConcentratorNode {
  readonly node: NetworkNode
  readonly service: ConcentratorService
  readonly terms: PesTerms
  stop(): Promise<void>
}

/** Starts a concentrator: fetches the setup from the PES, and takes in meters and readings from then on. */
export async function startConcentrator(init: ConcentratorNodeInit): Promise<ConcentratorNode> {
  const { store, network, slotSeconds, pes, signal, warn } = init
  const id = networkId(network)
  const node = await NetworkNode.start({ ...init, identity: store.identity })
  try {
    const failed = (cause: unknown): void => warn?.(`asking the PES: ${cause instanceof Error ? cause.message : String(cause)}`)
    const setup = await untilDone(
      signal,
      () => requestSetup(node, { address: pes, stream: 'pes', identity: store.identity, networkId: id }, signal),
      failed
    )
    const { pesKey, supplierKey, dealer } = init
    const terms = openPesSetup(setup, { networkId: id, slotSeconds, pes: pesKey, supplier: supplierKey, dealer })
    const service = new ConcentratorService({
      ...init,
      node,
      config: { identity: store.identity, terms, setup, allowed: init.allowed },
      journal: store.journal,
      append: record => store.append(record)
    })
    await service.start()
    return { node, service, terms, stop: () => stopRole({ service, node, store }) }
  } catch (cause) {
    await node.stop()
    store.close()
    throw cause
  }
}
