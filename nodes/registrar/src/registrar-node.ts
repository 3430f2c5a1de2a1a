import { networkId, RECOVERY, type RegistrarOutput } from '@hushgrid/dcnet'
import { NetworkNode, type NetworkPreset, RegistrarService, type SchedulingClock } from '@hushgrid/network'
import type { MeterId, Rng, Slot } from '@hushgrid/primitives'
import { type Network, resolveDegree } from '@hushgrid/topology'
import type { RegistrarStore } from './registrar-store.ts'

/** How long a credential holds: about two seasons of a week, so that one is always renewed in time. */
const CREDENTIAL_SECONDS = 15 * 86_400

export interface RegistrarNodeInit {
  readonly store: RegistrarStore
  readonly network: Network
  /** Members to wait for before the first roster. */
  readonly formWith: number
  /** First slot of epoch 0, where a lab fixes it. */
  readonly firstSlot?: Slot | undefined
  readonly aggregatorKey?: MeterId | undefined
  readonly allowed?: ReadonlySet<MeterId> | undefined
  readonly clock: SchedulingClock
  readonly preset: NetworkPreset
  readonly listen: readonly string[]
  readonly rng: Rng
  readonly observe?: (output: RegistrarOutput) => void
  readonly warn?: (message: string) => void
  readonly fail: (cause: unknown) => void
}

/** A running registrar. */
export interface RegistrarNode {
  readonly node: NetworkNode
  readonly service: RegistrarService
  stop(): Promise<void>
}

/** Starts a registrar; meters can enrol once this resolves. */
export async function startRegistrar(init: RegistrarNodeInit): Promise<RegistrarNode> {
  const { store, network, clock, observe, warn, fail } = init
  const node = await NetworkNode.start({ identity: store.identity, network: network.name, listen: init.listen, preset: init.preset })
  const service = new RegistrarService({
    node,
    clock,
    fail,
    ...(observe ? { observe } : {}),
    ...(warn ? { warn } : {}),
    config: {
      identity: store.identity,
      networkId: networkId(network.name),
      slotSeconds: network.slotSeconds,
      aggregatorKey: init.aggregatorKey,
      lanes: network.lanes,
      recovery: RECOVERY[network.recovery],
      minMembers: network.minMembers,
      degreeFor: members => resolveDegree(network, members).degree,
      formWith: init.formWith,
      firstSlot: init.firstSlot,
      allowed: init.allowed,
      credentialSeconds: CREDENTIAL_SECONDS,
      rng: init.rng
    },
    journal: store.journal,
    append: record => store.append(record)
  })
  await service.start()
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
