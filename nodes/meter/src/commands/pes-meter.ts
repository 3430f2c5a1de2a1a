// `pnpm node:meter --mode pes`: a meter of the path by concentrator and PES.
import { DEFAULT_FLOORS } from '@hushgrid/dcnet'
import { idInAddress, networkLayer } from '@hushgrid/network'
import { systemRng } from '@hushgrid/primitives'
import { checkFieldOptions, type LogLines, runRole } from '@hushgrid/runtime'
import { PesMeterEvents } from '../pes/events.ts'
import { startPesMeter } from '../pes/node.ts'
import { PesMeterStore } from '../pes/store.ts'
import { noticingGaps } from '../readings/reading-options.ts'
import { atHome, logJournalLost, logReadings, type MeterOptions, prepareMeter } from './meter-program.ts'

/** Runs the meter to its end. */
export async function runPesMeter(options: MeterOptions): Promise<void> {
  const { pesKey, supplierKey, variant, minMembers = DEFAULT_FLOORS.minMembers } = options
  await runRole({
    name: 'meter',
    options,
    layer: networkLayer,
    Events: PesMeterEvents,
    prepare: (network, clock, preset) => {
      checkFieldOptions(preset, { '--pes-key': pesKey, '--supplier-key': supplierKey, '--variant': variant })
      return prepareMeter(options, 'concentrator', network, clock)
    },
    async start({ network, prepared, setting, log, events, starting }) {
      const { household, peer: concentrator } = prepared
      const store = PesMeterStore.open(options.dataDir, systemRng, true)
      const meter = await startPesMeter({
        ...setting,
        store,
        concentrator,
        policy: { pes: pesKey, supplier: supplierKey, dealer: network.dealerKey, variant, minMembers },
        readings: noticingGaps(household.readings, events),
        onConnected: () => events.connected('concentrator'),
        observe: output => events.output(output)
      })
      starting({ mode: 'pes', concentrator: idInAddress(concentrator) })
      logReadings(household, log)
      logUnnamed(options, log)
      if (!store.journal) logJournalLost(log)
      const { service } = meter
      const running = {
        ...{ node: meter.node, identity: store.identity, household },
        join: () => service.join(),
        leave: () => service.leave(),
        stop: () => meter.stop()
      }
      return await atHome(options, running, { ...setting, network, log })
    }
  })
}

/** Warns of parties whose keys no option gives: the concentrator could name any. */
function logUnnamed({ pesKey, supplierKey }: MeterOptions, log: LogLines): void {
  for (const [option, key] of [
    ['--pes-key', pesKey],
    ['--supplier-key', supplierKey]
  ])
    if (key === undefined)
      log.warn('open', { problem: `the concentrator's word is taken for who that is, for there is no ${option}` }, `no ${option}`)
}
