// Registrar, aggregator, other parties and meters of a scheme, each as a process of its own runs it.
import { LossReason } from '@hushgrid/messages'
import { NetworkNode, realNow, SchemeRegistrarService } from '@hushgrid/network'
import type { ObisCode, Slot } from '@hushgrid/primitives'
import { type Group, missingIn, type Outcome, SCHEMES, type RoleName as SchemeRole } from '@hushgrid/schemes'
import { laneCodes } from '@hushgrid/topology'
import { firstAddress } from '../../neighbourhood/first-address.ts'
import type { RoleEvent } from '../../roles/protocol.ts'
import { dropsOnly, LOOPBACK, presetOf, type RunRole } from '../../roles/runner.ts'
import { identityIn } from '../plain/reading.ts'
import type { MetersOrder } from './meters.ts'
import { type PartySetting, type SchemeParty, type SchemeSetting, startParty } from './party.ts'

const runRegistrar: RunRole<SchemeSetting> = async (order, { clock, tell, fail }) => {
  const { network, members, firstSlot, state } = order
  const identity = identityIn(state)
  const node = await NetworkNode.start({ identity, network: network.name, listen: LOOPBACK, preset: presetOf(order) })
  const registrar = new SchemeRegistrarService({
    node,
    clock,
    config: {
      scheme: SCHEMES[order.scheme]({ bits: order.bits }),
      identity,
      lanes: network.lanes.length,
      slotSeconds: network.slotSeconds,
      members,
      firstSlot
    },
    observe: ({ group, firstSlot: from }) => {
      const { epoch, members: present } = group
      tell({ type: 'membership', membership: { epoch, firstSlot: from, n: present.length, degree: 0, present } })
    },
    warn: text => tell({ type: 'warn', text }),
    fail
  })
  await registrar.start()
  return {
    ready: { address: firstAddress(node), id: identity.id },
    account: () => dropsOnly(registrar.drops),
    stop: async () => {
      registrar.stop()
      await node.stop()
    }
  }
}

const LOSSES: Readonly<Record<Extract<Outcome, { type: 'lost' }>['reason'], LossReason>> = {
  missing: LossReason.MembersMissing,
  malformed: LossReason.MembersMissing,
  implausible: LossReason.Implausible,
  refused: LossReason.Refused
}

/** Makes the event of a slot's outcome, where it is a total or a loss. */
function resultOf(
  { slot, outcome }: { readonly slot: Slot; readonly outcome: Outcome },
  group: Group,
  open: readonly ObisCode[]
): RoleEvent | undefined {
  const { epoch } = group
  const at = realNow()
  if (outcome.type === 'bills') return undefined
  if (outcome.type === 'lost') {
    const { reason, members } = outcome
    return { type: 'result', result: { type: 'lost', slot, epoch, reason: LOSSES[reason], members }, at }
  }
  const { lanes, contributors } = outcome
  const missing = missingIn(group, outcome)
  return {
    type: 'result',
    result: { type: 'total', slot, epoch, contributors: contributors.length, missing, lanes, open, withheld: {} },
    at
  }
}

/** Makes the runner of a role that is no meter. */
function partyOf(role: SchemeRole): RunRole<PartySetting> {
  return async (order, { clock, tell, fail }) => {
    const party: SchemeParty = await startParty({
      order,
      role,
      folder: order.state,
      clock,
      observe: output => {
        if (output.type === 'accused') tell({ type: 'news', news: { type: 'evidence', against: output.member, what: output.what } })
        if (output.type !== 'outcome' || output.phase !== 'slot' || role !== 'aggregator') return
        const held = party.service.state.held.find(({ announcement }) => announcement.group.epoch === output.epoch)
        const event = held && resultOf(output, held.announcement.group, laneCodes(order.network))
        if (event) tell(event)
      },
      warn: text => tell({ type: 'warn', text }),
      fail
    })
    await party.service.join()
    return {
      ready: { address: firstAddress(party.node), id: party.id },
      account: () => dropsOnly(party.service.state.drops.counts),
      stop: () => party.stop()
    }
  }
}

/** Only the meters' process loads where readings come from. */
const runMeters: RunRole<MetersOrder> = async (order, context) => {
  const { runSchemeMeters } = await import('./meters.ts')
  return await runSchemeMeters(order, context)
}

export const roles = {
  registrar: runRegistrar,
  aggregator: partyOf('aggregator'),
  dealer: partyOf('dealer'),
  collector: partyOf('collector'),
  'key-authority': partyOf('key-authority'),
  store: partyOf('store'),
  meter: runMeters
}
