// A registrar as a libp2p node, which goes on only with a journal whose last roster is in force.
import { networkId, RECOVERY, type RegistrarOutput, RosterRefusedError } from '@hushgrid/dcnet'
import { decodeEnvelope } from '@hushgrid/messages'
import { NetworkNode, RegistrarService, type RoleNodeInit, stopRole } from '@hushgrid/network'
import type { MeterId, Rng, Slot } from '@hushgrid/primitives'
import { type Network, resolveDegree } from '@hushgrid/topology'
import { type RegistrarStore, RegistrarStoreError } from './store.ts'

/** Lifetime of a credential, s: about two seasons of a week, so that it is always renewed in time. */
const CREDENTIAL_SECONDS = 15 * 86_400

export interface RegistrarNodeInit extends Omit<RoleNodeInit<RegistrarOutput>, 'network'> {
  readonly store: RegistrarStore
  readonly network: Network
  /** Number of members to wait for before the first roster. */
  readonly formWith: number
  /** True in a lab: members may come and go as often as they like. */
  readonly lab?: boolean | undefined
  /** First slot of epoch 0, where a lab fixes it. */
  readonly firstSlot?: Slot | undefined
  readonly aggregatorKey?: MeterId | undefined
  /** Meters that may enrol; any, outside a lab within quotas, where it is left out. */
  readonly allowed?: ReadonlySet<MeterId> | undefined
  /** Others that may have rosters and hear what members say. */
  readonly readers?: ReadonlySet<MeterId> | undefined
  readonly rng: Rng
}

/** Running registrar. */
export interface RegistrarNode {
  readonly node: NetworkNode
  readonly service: RegistrarService
  stop(): Promise<void>
}

/** Starts a registrar; meters can enrol once this resolves. */
export async function startRegistrar(init: RegistrarNodeInit): Promise<RegistrarNode> {
  const { store, network } = init
  const node = await NetworkNode.start({
    ...init,
    identity: store.identity,
    network: network.name,
    guests: { streams: ['enrol'], allowed: init.allowed }
  })
  let service: RegistrarService | undefined
  try {
    service = new RegistrarService({
      ...init,
      node,
      config: {
        identity: store.identity,
        networkId: networkId(network.name),
        slotSeconds: network.slotSeconds,
        aggregatorKey: init.aggregatorKey,
        lanes: network.lanes,
        seasonSlots: network.seasonSlots,
        changeSlots: network.changeSlots,
        lab: init.lab ?? false,
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
    checkJournalTaken(store, service)
    await service.start()
  } catch (cause) {
    service?.stop()
    await node.stop()
    if (!(cause instanceof RosterRefusedError)) throw cause
    throw new RegistrarStoreError(
      `the registrar's journal: expected its rosters to fit the network file and --aggregator-key; ${cause.message}`
    )
  }
  const running = service
  return {
    node,
    service: running,
    stop: () => stopRole({ service: running, node, store })
  }
}

/**
 * Checks that the last roster of the journal is in force, since a registrar without it would sign another for its epoch.
 *
 * @throws RegistrarStoreError
 */
function checkJournalTaken(store: RegistrarStore, service: RegistrarService): void {
  const last = store.journal.findLast(record => record.kind === 'roster')
  if (last?.kind !== 'roster') return
  const { epoch } = decodeEnvelope(last.bytes)
  if (service.state.book.latest?.roster.epoch === epoch) return
  throw new RegistrarStoreError(
    `the registrar's journal: expected its roster of epoch ${epoch} to be taken up, got a chain that it does not follow`
  )
}
