// Registrar, aggregator and meters of a DC-net, each as a process of its own runs it.
import { AdjustableClock, realNow } from '@hushgrid/network'
import { AggregatorStore, startAggregator } from '@hushgrid/node-aggregator'
import { RegistrarStore, startRegistrar } from '@hushgrid/node-registrar'
import { HushgridError, systemRng } from '@hushgrid/primitives'
import { MeterHost } from '../../meters/meter-host.ts'
import { firstAddress } from '../../neighbourhood/first-address.ts'
import type { MetersSetting } from '../../roles/protocol.ts'
import { dropsOnly, LOOPBACK, presetOf, type RunRole } from '../../roles/runner.ts'
import { membershipOf } from './membership.ts'
import { evidenceNews } from './registrar-text.ts'

const runRegistrar: RunRole<object> = async (order, { clock, tell, fail }) => {
  const store = RegistrarStore.open(order.state, systemRng, false)
  let formed = false
  const registrar = await startRegistrar({
    store,
    network: order.network,
    formWith: order.members,
    lab: true,
    firstSlot: order.firstSlot,
    clock,
    preset: presetOf(order),
    listen: LOOPBACK,
    rng: systemRng,
    observe: output => {
      if (output.type === 'roster') {
        formed = true
        tell({ type: 'membership', membership: membershipOf(output.held) })
      } else if (output.type === 'cannot-form') {
        if (formed) tell({ type: 'warn', text: output.detail })
        else fail(new HushgridError(output.detail))
      } else if (output.type === 'changes' || output.type === 'fault' || output.type === 'aggregator-fault')
        tell({ type: 'news', news: output })
      else if (output.type === 'evidence') tell({ type: 'news', news: evidenceNews(output) })
    },
    warn: text => tell({ type: 'warn', text }),
    fail
  })
  return {
    ready: { address: firstAddress(registrar.node), id: store.identity.id },
    account: () => dropsOnly({}),
    stop: () => registrar.stop()
  }
}

/** Multiaddr of the registrar. */
interface WithRegistrar {
  readonly registrar: string
}

const runAggregator: RunRole<WithRegistrar> = async (order, { clock, tell, fail }) => {
  const store = AggregatorStore.open(order.state, systemRng, false)
  const aggregator = await startAggregator({
    store,
    network: order.network.name,
    slotSeconds: order.network.slotSeconds,
    changeSlots: order.network.changeSlots,
    networkLanes: order.network.lanes,
    clock: new AdjustableClock(clock),
    preset: presetOf(order),
    listen: LOOPBACK,
    registrar: order.registrar,
    observe: output => {
      if (output.type === 'total' || output.type === 'lost') tell({ type: 'result', result: output, at: realNow() })
      else if (output.type === 'requested' || output.type === 'shares-requested') tell({ type: 'requested', slot: output.slot })
      else if (output.type === 'evidence') tell({ type: 'news', news: evidenceNews(output) })
    },
    warn: text => tell({ type: 'warn', text }),
    fail
  })
  await aggregator.service.start()
  return {
    ready: { address: firstAddress(aggregator.node), id: store.identity.id },
    account: () => dropsOnly(aggregator.service.state.drops.counts),
    stop: () => aggregator.stop()
  }
}

const runMeters: RunRole<WithRegistrar & MetersSetting> = async (order, { tell, fail }) => {
  const { network, members, firstSlot, before, state, households, registrar } = order
  const host = new MeterHost(
    {
      network: network.name,
      slotSeconds: network.slotSeconds,
      households,
      members,
      firstSlot,
      lanes: network.lanes,
      changeSlots: network.changeSlots,
      registrar,
      before,
      // Meters take the lab's network as it is.
      floors: { minMembers: network.minMembers, degree: 2, recovery: 0, support: 1 },
      state
    },
    order.recipe,
    {
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

export const roles = { registrar: runRegistrar, aggregator: runAggregator, meter: runMeters }
