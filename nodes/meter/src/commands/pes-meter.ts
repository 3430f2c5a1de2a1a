// `pnpm node:meter --mode pes`: a meter of the path by concentrator and PES.
import { idInAddress, type NetworkPreset, type SchedulingClock } from '@hushgrid/network'
import { type MeterId, slotAt, systemRng } from '@hushgrid/primitives'
import { claimDataFolder, type LogLines, type NodeOptions, runNode } from '@hushgrid/runtime'
import type { Network } from '@hushgrid/topology'
import { type HomeOptions, startHome } from '../billing/home.ts'
import { leaveFirst } from '../dcnet/leave-first.ts'
import { PesMeterEvents } from '../pes/events.ts'
import { startPesMeter } from '../pes/node.ts'
import { PesMeterStore } from '../pes/store.ts'
import { noticingGaps, type ReadingOptions, readingsOf } from '../readings/reading-options.ts'

export interface PesMeterOptions extends NodeOptions, ReadingOptions, HomeOptions {
  readonly concentrator: string
  readonly pesKey?: MeterId
  readonly supplierKey?: MeterId
  readonly minMembers: number
  readonly leaveOnStop?: boolean
}

/** How it runs, beside the options. */
export interface MeterSetting {
  readonly network: Network
  readonly clock: SchedulingClock
  readonly preset: 'lab' | 'field'
  readonly limits: NetworkPreset
  readonly log: LogLines
}

/** Runs the meter to its end. */
export async function runPesMeter(options: PesMeterOptions, { network, clock, preset, limits, log }: MeterSetting): Promise<void> {
  const events = new PesMeterEvents(log, network.slotSeconds, () => slotAt(clock.now(), network.slotSeconds))
  await runNode(log, async fail => {
    const household = await readingsOf(options, network, clock.now())
    const giveUpFolder = claimDataFolder(options.dataDir)
    const store = PesMeterStore.open(options.dataDir, systemRng, true)
    const meter = await startPesMeter({
      store,
      network: network.name,
      slotSeconds: network.slotSeconds,
      clock,
      preset: limits,
      listen: options.listen,
      announce: options.announce,
      concentrator: options.concentrator,
      policy: { pes: options.pesKey, supplier: options.supplierKey, minMembers: options.minMembers },
      readings: noticingGaps(household.readings, events),
      onConnected: () => events.connected('concentrator'),
      observe: output => events.output(output),
      warn: problem => events.trouble(problem),
      fail
    })
    events.starting({
      network,
      preset,
      clock,
      labClock: options.labClock,
      more: { mode: 'pes', concentrator: idInAddress(options.concentrator) }
    })
    log.info('readings', household.about)
    if (household.problem) log.warn('readings', { problem: household.problem })
    for (const [option, key] of [
      ['--pes-key', options.pesKey],
      ['--supplier-key', options.supplierKey]
    ])
      if (key === undefined)
        log.warn('open', { problem: `the concentrator's word is taken for who that is, for there is no ${option}` }, `no ${option}`)
    if (!store.journal)
      log.warn('journal-lost', {
        problem: 'the journal of submissions is missing or damaged: nothing is submitted for the slot that runs now'
      })
    const stopHome = await startHome(options, {
      node: meter.node,
      identity: store.identity,
      dataDir: options.dataDir,
      network,
      clock,
      readings: household.readings,
      log,
      fail
    })
    events.listening(store.identity.id, meter.node.addresses)
    return {
      run: () => meter.service.join(),
      ...(options.leaveOnStop ? { leave: () => leaveFirst(() => meter.service.leave(), clock, network.slotSeconds) } : {}),
      stop: async () => {
        events.flush()
        stopHome()
        await meter.stop()
        giveUpFolder()
      }
    }
  })
}
