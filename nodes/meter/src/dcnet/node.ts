import { type CredentialCache, type MeterOutput, networkId, type RosterFloors } from '@hushgrid/dcnet'
import { idInAddress, MeterService, NetworkNode, type ReadingSource, type RoleNodeInit, stopRole, withoutPeerId } from '@hushgrid/network'
import type { MeterStore } from './store.ts'

export interface MeterNodeInit extends RoleNodeInit<MeterOutput> {
  readonly store: MeterStore
  readonly slotSeconds: number
  /** Multiaddr of the registrar, with its peer id. */
  readonly registrar: string
  readonly floors?: RosterFloors | undefined
  /** Where meters of one process share what they know of credentials. */
  readonly credentials?: CredentialCache | undefined
  readonly readings: ReadingSource
  /** Told when the aggregator can be reached and listens. */
  readonly onConnected?: () => void
  /** Told that rosters were missed for good, so that only a node that is started again takes part; otherwise a warning. */
  readonly stranded?: (cause: unknown) => void
}

/** A running meter: a libp2p node, its service and its store. */
export interface MeterNode {
  readonly node: NetworkNode
  readonly service: MeterService
  /** Ends all of it; resolves when nothing is left running. */
  stop(): Promise<void>
}

/** Starts a meter's node. It takes part once `service.join()` is done. */
export async function startMeter(init: MeterNodeInit): Promise<MeterNode> {
  const { store, network } = init
  const registrarKey = idInAddress(init.registrar)
  const node = await NetworkNode.start({ ...init, identity: store.identity })
  const service = new MeterService({
    ...init,
    node,
    config: {
      identity: store.identity,
      blinding: store.blinding,
      networkId: networkId(network),
      slotSeconds: init.slotSeconds,
      registrarKey,
      floors: init.floors,
      credentials: init.credentials,
      secrets: store.secrets,
      // The id goes without saying: rosters are told to everybody, and stay short.
      addresses: node.addresses.map(withoutPeerId)
    },
    journal: store.journal,
    append: record => store.append(record)
  })
  return { node, service, stop: () => stopRole({ service, node, store }) }
}
