// A meter's side of the home network, beside whichever path its readings take.
import { BATCH_PERIODS, type BatchPeriod, type MeterBillingOutput } from '@hushgrid/billing'
import { HomeService, type NetworkNode, type ReadingSource, type SchedulingClock } from '@hushgrid/network'
import { HushgridError, type IdentityKey, type Slot, slotTimes, systemRng } from '@hushgrid/primitives'
import type { LogLines } from '@hushgrid/runtime'
import type { Network } from '@hushgrid/topology'
import { type Command, Option } from 'commander'
import { BillingStore } from './billing-store.ts'

export interface HomeOptions {
  readonly billingPeriod?: BatchPeriod
  readonly timeZone?: string
}

/** Adds the options. */
export function withHomeOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--billing-period <name>',
        'seal readings for the customer, a batch each of these, and hand them out on the home network (default: not at all)'
      ).choices(BATCH_PERIODS)
    )
    .option('--time-zone <name>', 'whose days, weeks and months these are, such as Europe/London (default: UTC)')
}

/** What it needs of the meter. */
export interface HomeSetting {
  readonly node: NetworkNode
  readonly identity: IdentityKey
  readonly dataDir: string
  readonly network: Network
  readonly clock: SchedulingClock
  readonly readings: ReadingSource
  readonly log: LogLines
  readonly fail: (cause: unknown) => void
}

/**
 * Starts it, where the options say so.
 *
 * @returns what stops it
 * @throws HushgridError
 */
export async function startHome({ billingPeriod: period, timeZone }: HomeOptions, setting: HomeSetting): Promise<() => void> {
  if (period === undefined) {
    if (timeZone !== undefined) throw new HushgridError('--time-zone: expected with --billing-period only')
    return () => undefined
  }
  const { node, identity, dataDir, network, clock, readings, log, fail } = setting
  const { slotSeconds, lanes } = network
  const store = BillingStore.open(dataDir, systemRng, true)
  let service: HomeService
  try {
    if (!store.journal)
      log.warn('billing-journal-lost', {
        problem: 'the journal of batches is missing or damaged: what was measured since the last one is a gap, and earlier batches are gone'
      })
    service = new HomeService({
      node,
      clock,
      fail,
      config: { identity, key: store.key, terms: { slotSeconds, lanes, period, timeZone: timeZone ?? 'UTC' } },
      journal: store.journal,
      append: record => store.append(record),
      replace: records => store.replace(records),
      readTicket: () => store.readTicket(),
      keepTicket: ticket => store.keepTicket(ticket),
      readings,
      observe: output => logHome(output, slotSeconds, log),
      warn: problem => log.warn('trouble', { problem })
    })
  } catch (cause) {
    store.close()
    throw cause
  }
  await service.start()
  log.info('billing', { period, timeZone: timeZone ?? 'UTC', sealedUntil: startOf(service.state.sealedUntil, slotSeconds) })
  return () => {
    service.stop()
    store.close()
  }
}

function startOf(slot: Slot, slotSeconds: number): string {
  return new Date(slotTimes(slot, slotSeconds).start).toISOString()
}

/** Never a reading, a key or a code. */
function logHome(output: MeterBillingOutput, slotSeconds: number, log: LogLines): void {
  if (output.type === 'sealed') {
    const { firstSlot, slots, gaps, byteLength: bytes } = output
    log.info('sealed', { from: startOf(firstSlot, slotSeconds), slots, gaps, bytes })
  } else if (output.type === 'dropped') log.info('batches-dropped', { batches: output.batches })
  else if (output.type === 'left-out') log.warn('left-out', { slot: output.slot, why: output.reason })
  else if (output.type === 'paired') log.info('paired', { customer: output.customer })
  else if (output.type === 'refused') log.warn('home-refused', { customer: output.customer, why: output.reason })
}
