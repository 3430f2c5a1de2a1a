// Registrar, aggregator and meters of a DC-net, each as the process of a compared neighbourhood runs them.
import { findingText, type RosterFloors } from '@hushgrid/dcnet'
import { firstAddress, MeterHost, readerOf } from '@hushgrid/lab'
import { type ClockAnchor, labPreset, type NetworkPreset, realNow, topicName } from '@hushgrid/network'
import { AggregatorStore, startAggregator } from '@hushgrid/node-aggregator'
import { RegistrarStore, startRegistrar } from '@hushgrid/node-registrar'
import { HushgridError, systemRng } from '@hushgrid/primitives'
import type { RoleSetting } from './role-protocol.ts'
import { LOOPBACK, type OrderOf, type RoleContext, type RunningRole } from './role-runner.ts'

/** Limits of the network layer for a neighbourhood on one machine. */
export function presetOf({ network, members }: RoleSetting): NetworkPreset {
  return labPreset([topicName(network.name, 'readings'), topicName(network.name, 'control')], members)
}

export async function runRegistrar(order: OrderOf<'registrar'>, { clock, tell, fail }: RoleContext): Promise<RunningRole> {
  const store = RegistrarStore.open(order.state, systemRng, false)
  let formed = false
  const registrar = await startRegistrar({
    store,
    network: order.network,
    formWith: order.members,
    firstSlot: order.firstSlot,
    clock,
    preset: presetOf(order),
    listen: LOOPBACK,
    rng: systemRng,
    observe: output => {
      if (output.type === 'roster') {
        formed = true
        const { epoch, firstSlot, n, degree } = output.held.roster
        const present = output.held.roster.members().flatMap(member => (member.absent ? [] : [member.meterId]))
        tell({ type: 'membership', membership: { epoch, firstSlot, n, degree, present } })
      } else if (output.type === 'cannot-form') {
        if (formed) tell({ type: 'warn', text: output.detail })
        else fail(new HushgridError(output.detail))
      } else if (output.type === 'changes' || output.type === 'fault' || output.type === 'aggregator-fault' || output.type === 'evidence')
        tell({ type: 'news', news: output })
    },
    warn: text => tell({ type: 'warn', text }),
    fail
  })
  return {
    ready: { address: firstAddress(registrar.node), id: store.identity.id },
    account: () => ({ keyAgreements: 0, agreementsOf: {}, drops: {} }),
    stop: () => registrar.stop()
  }
}

export async function runAggregator(order: OrderOf<'aggregator'>, { clock, tell, fail }: RoleContext): Promise<RunningRole> {
  const store = AggregatorStore.open(order.state, systemRng, false)
  const aggregator = await startAggregator({
    store,
    network: order.network.name,
    slotSeconds: order.network.slotSeconds,
    clock,
    preset: presetOf(order),
    listen: LOOPBACK,
    registrar: order.registrar,
    observe: output => {
      if (output.type === 'total' || output.type === 'lost') tell({ type: 'result', result: output, at: realNow() })
      else if (output.type === 'evidence') tell({ type: 'warn', text: `evidence against ${output.against}: ${findingText(output.what)}` })
    },
    warn: text => tell({ type: 'warn', text }),
    fail
  })
  await aggregator.service.start()
  return {
    ready: { address: firstAddress(aggregator.node), id: store.identity.id },
    account: () => ({ keyAgreements: 0, agreementsOf: {}, drops: aggregator.service.state.drops.counts }),
    stop: () => aggregator.stop()
  }
}

/** Meters take the lab's network as it is. */
const FLOORS: Omit<RosterFloors, 'minMembers'> = { degree: 2, recovery: 0 }

export async function runRingMeters(
  order: OrderOf<'ring-meters'>,
  { tell, fail }: RoleContext
): Promise<RunningRole & { startClock(anchor: ClockAnchor): void }> {
  const { network, members, firstSlot, before, state, households, registrar } = order
  const host = new MeterHost(
    {
      network: network.name,
      slotSeconds: network.slotSeconds,
      households,
      members,
      firstSlot,
      lanes: network.lanes,
      registrar,
      before,
      floors: { ...FLOORS, minMembers: network.minMembers },
      state
    },
    readerOf(order.recipe),
    {
      progress: phase => tell({ type: 'progress', phase }),
      warn: text => tell({ type: 'warn', text }),
      fail,
      identity: (household, id) => tell({ type: 'identity', household, id }),
      refused: (household, slot, reason) => tell({ type: 'warn', text: `meter ${household} refused slot ${slot}: ${reason}` }),
      disputed: (household, slot) => tell({ type: 'warn', text: `meter ${household} disputed slot ${slot}` })
    }
  )
  await host.start()
  return {
    ready: { address: '', id: undefined },
    startClock: anchor => host.startClock(anchor),
    operate: operation => host.operate(operation),
    account: () => {
      const { keyAgreements, agreementsOf, drops } = host.sample()
      return { keyAgreements, agreementsOf, drops }
    },
    stop: () => host.stop()
  }
}
