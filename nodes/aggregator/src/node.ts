import { type AggregatorOutput, networkId } from '@hushgrid/dcnet'
import { AggregatorService, idInAddress, NetworkNode, type NetworkPreset, type SchedulingClock } from '@hushgrid/network'
import type { MeterId } from '@hushgrid/primitives'
import type { AggregatorStore } from './store.ts'

export interface AggregatorNodeInit {
  readonly store: AggregatorStore
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
  /** Suppliers, who may fetch the results. */
  readonly suppliers?: readonly MeterId[] | undefined
  readonly observe?: (output: AggregatorOutput) => void
  readonly warn?: (message: string) => void
  /** Told that rosters were missed for good, so that only a node that is started again takes part; otherwise a warning. */
  readonly stranded?: (cause: unknown) => void
  readonly fail: (cause: unknown) => void
}

/** A running aggregator. */
export interface AggregatorNode {
  readonly node: NetworkNode
  readonly service: AggregatorService
  stop(): Promise<void>
}

/** Starts an aggregator; `service.start()` then announces it to the registrar. */
export async function startAggregator(init: AggregatorNodeInit): Promise<AggregatorNode> {
  const { store, network, clock, observe, warn, fail } = init
  store.onFailure = fail
  const registrarKey = idInAddress(init.registrar)
  const node = await NetworkNode.start({
    identity: store.identity,
    network,
    listen: init.listen,
    announce: init.announce,
    preset: init.preset
  })
  const service = new AggregatorService({
    node,
    clock,
    fail,
    ...(observe ? { observe } : {}),
    ...(warn ? { warn } : {}),
    ...(init.stranded ? { stranded: init.stranded } : {}),
    config: {
      identity: store.identity,
      networkId: networkId(network),
      slotSeconds: init.slotSeconds,
      registrarKey,
      readers: new Set(init.suppliers)
    },
    registrar: init.registrar,
    journal: store.journal,
    append: record => store.append(record),
    commit: () => store.commit()
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
