// A meter as a libp2p node of its own: its keys, its journal, and its service.
import {
  type AsksForTime,
  type CredentialCache,
  type CredentialLane,
  type MeterOutput,
  type NetworkLane,
  networkId,
  type RosterFloors
} from '@hushgrid/dcnet'
import {
  type AdjustableClock,
  idInAddress,
  MeterService,
  NetworkNode,
  type ReadingSource,
  type RoleNodeInit,
  stopRole,
  withoutPeerId
} from '@hushgrid/network'
import { systemRng } from '@hushgrid/primitives'
import type { MeterStore } from './store.ts'

export interface MeterNodeInit extends RoleNodeInit<MeterOutput> {
  readonly store: MeterStore
  readonly slotSeconds: number
  readonly clock: AdjustableClock
  /** Occasions on which it asks for the time; on demand, as where all nodes share a clock, unless given. */
  readonly asks?: AsksForTime | undefined
  /** Lanes that this meter can fill, and its household's consents. */
  readonly lanes: readonly CredentialLane[]
  /** Slots of which the first slot of every season is a multiple. */
  readonly changeSlots: number
  /** Lanes of the network, those included that a roster leaves out. */
  readonly networkLanes: readonly NetworkLane[]
  /** Multiaddr of the registrar, with its peer id. */
  readonly registrar: string
  readonly floors?: RosterFloors | undefined
  /** Cache of checked credentials that meters of one process share. */
  readonly credentials?: CredentialCache | undefined
  readonly readings: ReadingSource
  /** Called when the aggregator can be reached and listens. */
  readonly onConnected?: () => void
  /** Called when rosters were missed for good, so that the node must be started again; logs a warning where it is left out. */
  readonly stranded?: (cause: unknown) => void
}

/** Running meter: a libp2p node, its service and its store. */
export interface MeterNode {
  readonly node: NetworkNode
  readonly service: MeterService
  /** Stops all of it; resolves when nothing is left running. */
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
      keys: store.keys,
      networkId: networkId(network),
      slotSeconds: init.slotSeconds,
      lanes: init.lanes,
      changeSlots: init.changeSlots,
      networkLanes: init.networkLanes,
      rng: systemRng,
      registrarKey,
      asks: init.asks ?? 'on-demand',
      floors: init.floors,
      credentials: init.credentials,
      // Leaves out the peer id, which follows from the meter's id: rosters go to everybody, and stay short.
      addresses: node.addresses.map(withoutPeerId)
    },
    journal: store.journal,
    append: record => store.append(record)
  })
  return { node, service, stop: () => stopRole({ service, node, store }) }
}
