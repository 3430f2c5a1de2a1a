import { networkId } from '@hushgrid/dcnet'
import { idInAddress, NetworkNode, PesMeterService, type ReadingSource, type RoleNodeInit, stopRole } from '@hushgrid/network'
import type { PesMeterConfig, PesMeterOutput } from '@hushgrid/pes'
import { systemRng } from '@hushgrid/primitives'
import type { PesMeterStore } from './store.ts'

export interface PesMeterNodeInit extends RoleNodeInit<PesMeterOutput> {
  readonly store: PesMeterStore
  readonly slotSeconds: number
  /** Multiaddr of the concentrator, with its peer id. */
  readonly concentrator: string
  /** Keys that may sign the setup; any where one is left out, but the dealer's with `direct`. */
  readonly policy: PesMeterConfig['policy']
  readonly readings: ReadingSource
  /** Called when the concentrator can be reached and listens. */
  readonly onConnected?: () => void
}

/** Running meter on the path by concentrator and PES: a libp2p node, its service and its store. */
export interface PesMeterNode {
  readonly node: NetworkNode
  readonly service: PesMeterService
  /** Stops all of it; resolves when nothing is left running. */
  stop(): Promise<void>
}

/** Starts a meter's node. It takes part once `service.join()` is done. */
export async function startPesMeter(init: PesMeterNodeInit): Promise<PesMeterNode> {
  const { store, network } = init
  const concentrator = idInAddress(init.concentrator)
  const node = await NetworkNode.start({ ...init, identity: store.identity })
  const service = new PesMeterService({
    ...init,
    node,
    config: {
      identity: store.identity,
      secret: store.secret,
      networkId: networkId(network),
      slotSeconds: init.slotSeconds,
      concentrator,
      policy: init.policy,
      rng: systemRng
    },
    journal: store.journal,
    append: record => store.append(record)
  })
  return { node, service, stop: () => stopRole({ service, node, store }) }
}
