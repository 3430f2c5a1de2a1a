import { type AggregatorOutput, networkId } from '@hushgrid/dcnet'
import { AggregatorService, idInAddress, NetworkNode, type RoleNodeInit, stopRole } from '@hushgrid/network'
import type { MeterId } from '@hushgrid/primitives'
import type { AggregatorStore } from './store.ts'

export interface AggregatorNodeInit extends RoleNodeInit<AggregatorOutput> {
  readonly store: AggregatorStore
  readonly slotSeconds: number
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
      registrarKey,
      readers: new Set(init.readers)
    },
    journal: store.journal,
    append: record => store.append(record),
    commit: () => store.commit()
  })
  return { node, service, stop: () => stopRole({ service, node, store }) }
}
