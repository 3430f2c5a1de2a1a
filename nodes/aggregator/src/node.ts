import { type AggregatorOutput, type AsksForTime, type NetworkLane, networkId } from '@hushgrid/dcnet'
import { type AdjustableClock, AggregatorService, idInAddress, NetworkNode, type RoleNodeInit, stopRole } from '@hushgrid/network'
import { type MeterId, systemRng } from '@hushgrid/primitives'
import type { AggregatorStore } from './store.ts'

export interface AggregatorNodeInit extends RoleNodeInit<AggregatorOutput> {
  readonly store: AggregatorStore
  readonly slotSeconds: number
  readonly clock: AdjustableClock
  /** Occasions on which it asks for the time; on demand, as where all nodes share a clock, unless given. */
  readonly asks?: AsksForTime | undefined
  /** Slots of which the first slot of every season is a multiple. */
  readonly changeSlots: number
  /** Lanes of the network, those included that a roster leaves out. */
  readonly networkLanes: readonly NetworkLane[]
  /** Multiaddr of the registrar, with its peer id. */
  readonly registrar: string
  /** Those that may fetch the results, such as the supplier. */
  readonly readers?: readonly MeterId[] | undefined
  /** Called when rosters were missed for good, so that the node must be started again; logs a warning where it is left out. */
  readonly stranded?: (cause: unknown) => void
}

/** Running aggregator. */
export interface AggregatorNode {
  readonly node: NetworkNode
  readonly service: AggregatorService
  stop(): Promise<void>
}

/** Starts an aggregator; `service.start()` then announces it to the registrar. */
export async function startAggregator(init: AggregatorNodeInit): Promise<AggregatorNode> {
  const { store, network } = init
  store.onFailure = init.fail
  const registrarKey = idInAddress(init.registrar)
  const node = await NetworkNode.start({ ...init, identity: store.identity })
  const service = new AggregatorService({
    ...init,
    node,
    config: {
      identity: store.identity,
      networkId: networkId(network),
      slotSeconds: init.slotSeconds,
      changeSlots: init.changeSlots,
      networkLanes: init.networkLanes,
      registrarKey,
      asks: init.asks ?? 'on-demand',
      rng: systemRng,
      readers: new Set(init.readers)
    },
    journal: store.journal,
    append: record => store.append(record),
    commit: () => store.commit()
  })
  return { node, service, stop: () => stopRole({ service, node, store }) }
}
