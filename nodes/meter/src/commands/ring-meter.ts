// `pnpm node:meter`: a meter that masks its readings in a ring.
import { DEFAULT_FLOORS, RECOVERY } from '@hushgrid/dcnet'
import { askingNetworkLayer } from '@hushgrid/network'
import { systemRng } from '@hushgrid/primitives'
import { runRole } from '@hushgrid/runtime'
import { isAsStrong, type Network, type RecoveryMode } from '@hushgrid/topology'
import { MeterEvents } from '../dcnet/events.ts'
import { startMeter } from '../dcnet/node.ts'
import { MeterStore } from '../dcnet/store.ts'
import { noticingGaps } from '../readings/reading-options.ts'
import { atHome, logJournalLost, logReadings, type MeterOptions, prepareMeter } from './meter-program.ts'

/** Runs the meter to its end. */
export async function runRingMeter(options: MeterOptions): Promise<void> {
  const floors = floorsOf(options)
  await runRole({
    name: 'meter',
    options,
    layer: askingNetworkLayer,
    Events: MeterEvents,
    prepare: (network, clock) => prepareMeter(options, 'registrar', network, clock),
    async start({ network, prepared, setting, log, events, starting }) {
      const { household, peer: registrar } = prepared
      const store = MeterStore.open(options.dataDir, systemRng, true)
      const meter = await startMeter({
        ...setting,
        store,
        registrar,
        lanes: household.fills.map(obis => ({ obis, consent: false })),
        changeSlots: network.changeSlots,
        networkLanes: network.lanes,
        floors: { minMembers: floors.minMembers, degree: floors.minDegree, recovery: RECOVERY[floors.minRecovery], support: 1 },
        readings: noticingGaps(household.readings, events),
        onConnected: () => events.connected('aggregator'),
        observe: output => events.output(output),
        stranded: setting.fail
      })
      starting()
      for (const held of meter.service.state.book.held) events.roster(held.roster, { restored: true })
      logReadings(household, log)
      for (const problem of belowFloors(network, floors)) log.warn('floor', { problem }, problem)
      if (!store.journal.intact) logJournalLost(log)
      const { service } = meter
      const running = {
        ...{ node: meter.node, identity: store.identity, household },
        join: () => service.join(),
        leave: () => service.leave().then(() => service.left),
        stop: () => meter.stop()
      }
      return await atHome(options, running, { ...setting, network, log })
    }
  })
}

/** Floors by the names of their options. */
interface Floors {
  readonly minMembers: number
  readonly minDegree: number
  readonly minRecovery: RecoveryMode
}

function floorsOf(options: MeterOptions): Floors {
  const { minMembers = DEFAULT_FLOORS.minMembers, minDegree = DEFAULT_FLOORS.degree, minRecovery = 'none' } = options
  return { minMembers, minDegree, minRecovery }
}

/** Lists the values of the network's own description that are below this meter's floors. */
function belowFloors(network: Network, { minMembers, minDegree, minRecovery }: Floors): string[] {
  const problems: string[] = []
  if (network.minMembers < minMembers)
    problems.push(`the network's minMembers ${network.minMembers} is below --min-members ${minMembers}: this meter will stay out`)
  if (typeof network.degree === 'number' && network.degree < minDegree)
    problems.push(
      `the network's degree ${network.degree} is below --min-degree ${minDegree}: this meter will stay out unless all are neighbours`
    )
  if (!isAsStrong(network.recovery, minRecovery))
    problems.push(`the network's recovery '${network.recovery}' is below --min-recovery ${minRecovery}: this meter will stay out`)
  return problems
}
