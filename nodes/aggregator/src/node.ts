import { type AggregatorOutput, networkId } from '@hushgrid/dcnet'
import { AggregatorService, idInAddress, NetworkNode, type RoleNodeInit, stopRole } from '@hushgrid/network'
import type { MeterId } from '@hushgrid/primitives'
import type { AggregatorStore } from './store.ts'

export interface AggregatorNodeInit extends RoleNodeInit<AggregatorOutput> {
  readonly store: AggregatorStore
  readonly slotSeconds: number
  /** Multiaddr of the registrar, with its peer id. */
  readonly registrar: string
  /** Suppliers, who may fetch the results. */
  readonly suppliers?: readonly MeterId[] | undefined
  /** Told that rosters were missed for good, so that only a node that is started again takes part; otherwise a warning. */
  readonly stranded?: (cause: unknown) => void
}

/** A running aggregator. */
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
      readers: new Set(init.suppliers)
    },
    journal: store.journal,
    append: record => store.append(record),
    commit: () => store.commit()
  })
  return { node, service, stop: () => stopRole({ service, node, store }) }
}
