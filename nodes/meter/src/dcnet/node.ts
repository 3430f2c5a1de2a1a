import { type CredentialCache, type MeterOutput, networkId, type RosterFloors } from '@hushgrid/dcnet'
import {
  idInAddress,
  MeterService,
  NetworkNode,
  type NetworkPreset,
  type ReadingSource,
  type SchedulingClock,
  withoutPeerId
} from '@hushgrid/network'
import type { MeterStore } from './store.ts'

export interface MeterNodeInit {
  readonly store: MeterStore
  /** The network's name. */
  readonly network: string
  readonly slotSeconds: number
  readonly clock: SchedulingClock
  readonly preset: NetworkPreset
  readonly listen: readonly string[]
  /** Multiaddrs that others are told instead, as behind a router. */
  readonly announce?: readonly string[] | undefined
  /** Multiaddr of the registrar, with its peer id. */
  readonly registrar: string
  readonly floors?: RosterFloors | undefined
  /** Where meters of one process share what they know of credentials. */
  readonly credentials?: CredentialCache | undefined
  readonly readings: ReadingSource
  /** Told when the aggregator can be reached and listens. */
  readonly onConnected?: () => void
  readonly observe?: (output: MeterOutput) => void
  readonly warn?: (message: string) => void
  /** Told that rosters were missed for good, so that only a node that is started again takes part; otherwise a warning. */
  readonly stranded?: (cause: unknown) => void
  readonly fail: (cause: unknown) => void
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
  const { store, network, clock, observe, warn, fail } = init
  const registrarKey = idInAddress(init.registrar)
  const node = await NetworkNode.start({
    identity: store.identity,
    network,
    listen: init.listen,
    announce: init.announce,
    preset: init.preset
  })
  const service = new MeterService({
    node,
    clock,
    fail,
    ...(observe ? { observe } : {}),
    ...(warn ? { warn } : {}),
    ...(init.stranded ? { stranded: init.stranded } : {}),
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
    registrar: init.registrar,
    journal: store.journal,
    append: record => store.append(record),
    readings: init.readings,
    ...(init.onConnected ? { onConnected: init.onConnected } : {})
  })
  return {
    node,
    service,
    stop: async () => {
      service.stop()
      await node.stop()
      store.close()
    }
  }
}
