// Shared parts of both paths' programs: a meter has one household and one home network, whichever path its readings take.
import type { SchedulingClock } from '@hushgrid/network'
import type { PesVariantName } from '@hushgrid/pes'
import { HushgridError, type IdentityKey, type MeterId } from '@hushgrid/primitives'
import type { LogLines, NodeOptions } from '@hushgrid/runtime'
import { laneCodes, type Network, type RecoveryMode } from '@hushgrid/topology'
import { type HomeOptions, type HomeSetting, startHome } from '../billing/home.ts'
import { leaveFirst } from '../dcnet/leave-first.ts'
import type { HouseholdReadings } from '../readings/household-readings.ts'
import { checkReadingOptions, type ReadingOptions, readingsOf } from '../readings/reading-options.ts'

/** Options of the command; some are for one path only. */
export interface MeterOptions extends NodeOptions, ReadingOptions, HomeOptions {
  /** Path of the readings; dcnet unless given. */
  readonly mode?: 'dcnet' | 'pes'
  readonly registrar?: string
  readonly concentrator?: string
  readonly pesKey?: MeterId
  readonly supplierKey?: MeterId
  readonly variant?: PesVariantName
  readonly minMembers?: number
  readonly minDegree?: number
  readonly minRecovery?: RecoveryMode
  readonly leaveOnStop?: boolean
}

/** Result of a meter's options. */
export interface PreparedMeter {
  readonly household: HouseholdReadings
  /** Multiaddr of the registrar or the concentrator. */
  readonly peer: string
}

/**
 * Checks the options, and reads the household's readings.
 *
 * @param peer - option with the address of the first node on the meter's path
 * @throws HushgridError
 */
export async function prepareMeter(
  options: MeterOptions,
  peer: 'registrar' | 'concentrator',
  network: Network,
  clock: SchedulingClock
): Promise<PreparedMeter> {
  checkReadingOptions(options)
  const address = options[peer]
  if (address === undefined) throw new HushgridError(`--mode ${options.mode ?? 'dcnet'}: expected --${peer} with it, got none`)
  return { peer: address, household: await readingsOf(options, network, clock.now()) }
}

/** Logs the source of the readings. */
export function logReadings({ about, fills, problem, notes = [] }: HouseholdReadings, log: LogLines): void {
  log.info('readings', { ...about, fills: fills.join(' ') })
  for (const note of notes) log.warn('recording', { note })
  if (problem) log.warn('readings', { problem })
}

/** Logs that the journal of what was submitted cannot be relied on. */
export function logJournalLost(log: LogLines): void {
  log.warn('journal-lost', {
    problem: 'the journal of submissions is missing or damaged: nothing is submitted for the slot that runs now'
  })
}

/** Running node of a meter, on either path. */
export interface RunningMeter {
  readonly node: HomeSetting['node']
  readonly identity: IdentityKey
  readonly household: HouseholdReadings
  /** Joins the network; the meter takes part from then on. */
  join(): Promise<void>
  /** Announces that the meter leaves; resolves once it is out. */
  leave(): Promise<unknown>
  stop(): Promise<void>
}

/** Adds the home network to a running meter, and gives its start, leave and stop. */
export async function atHome(
  options: MeterOptions,
  meter: RunningMeter,
  setting: Pick<HomeSetting, 'clock' | 'log' | 'fail'> & { readonly network: Network }
) {
  const { node, identity, household } = meter
  const { clock, network } = setting
  const stopHome = await startHome(options, {
    ...setting,
    network: { ...network, lanes: laneCodes(network) },
    node,
    identity,
    dataDir: options.dataDir,
    readings: household.readings
  })
  return {
    id: identity.id,
    addresses: node.addresses,
    run: () => meter.join(),
    ...(options.leaveOnStop ? { leave: () => leaveFirst(() => meter.leave(), clock, network.slotSeconds) } : {}),
    stop: async () => {
      await stopHome()
      await meter.stop()
    }
  }
}
