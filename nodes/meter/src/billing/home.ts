// Home network of a meter, the same for both paths of its readings.
import { BATCH_PERIODS, type BatchPeriod, type MeterBillingOutput } from '@hushgrid/billing'
import { type GuestPolicy, HomeService, type NetworkNode, nodeAddress, type ReadingSource, type SchedulingClock } from '@hushgrid/network'
import { HushgridError, type IdentityKey, type ObisCode, type Slot, slotTimes, systemRng } from '@hushgrid/primitives'
import type { LogLines } from '@hushgrid/runtime'
import type { Network } from '@hushgrid/topology'
import { type Command, Option } from 'commander'
import { BatchDelivery } from './batch-delivery.ts'
import { BillingStore } from './billing-store.ts'

/** Options of the home network. */
export interface HomeOptions {
  readonly billingPeriod?: BatchPeriod
  readonly timeZone?: string
  readonly billingSupplier?: string
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
    .option('--billing-supplier <multiaddr>', "bring sealed batches to the supplier's store too, which can read none of them", nodeAddress)
}

/** Gives those that the home network lets in beside the meter's own network: any customer, who proves itself by its code. */
export function homeGuests({ billingPeriod }: HomeOptions): GuestPolicy | undefined {
  return billingPeriod === undefined ? undefined : { streams: ['home'] }
}

/** Parts of the meter that the home network needs. */
export interface HomeSetting {
  readonly node: NetworkNode
  readonly identity: IdentityKey
  readonly dataDir: string
  readonly network: Pick<Network, 'name' | 'slotSeconds'> & { readonly lanes: readonly ObisCode[] }
  readonly clock: SchedulingClock
  readonly readings: ReadingSource
  /** True by default: the journal outlives a loss of power; a lab's need not. */
  readonly flush?: boolean
  readonly log: LogLines
  readonly fail: (cause: unknown) => void
}

/**
 * Starts the home network, where the options ask for it.
 *
 * @returns a function that stops it
 * @throws HushgridError
 */
export async function startHome(
  { billingPeriod: period, timeZone, billingSupplier }: HomeOptions,
  setting: HomeSetting
): Promise<() => void> {
  if (period === undefined) {
    if (billingSupplier !== undefined) throw new HushgridError('--billing-supplier: expected with --billing-period only')
    if (timeZone !== undefined) throw new HushgridError('--time-zone: expected with --billing-period only')
    return () => undefined
  }
  const { node, identity, dataDir, network, clock, readings, flush = true, log, fail } = setting
  const { slotSeconds, lanes } = network
  const store = BillingStore.open(dataDir, systemRng, flush)
  let service: HomeService
  let delivery: BatchDelivery | undefined
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
      observe: output => {
        logHome(output, slotSeconds, log)
        if (output.type === 'sealed') delivery?.wake()
      },
      warn: problem => log.warn('trouble', { problem })
    })
  } catch (cause) {
    store.close()
    throw cause
  }
  await service.start()
  if (billingSupplier !== undefined) {
    delivery = new BatchDelivery({
      contact: {
        node,
        identity,
        network: network.name,
        address: billingSupplier,
        onFailure: cause =>
          log.warn('trouble', { problem: `supplier: ${cause instanceof Error ? cause.message : String(cause)}` }, 'supplier')
      },
      kept: () => service.state.batches.map(({ from, bytes }) => ({ firstSlot: from, bytes })),
      delivered: ({ firstSlot }) => log.info('delivered', { from: startOf(firstSlot, slotSeconds) }),
      refused: ({ firstSlot }, why) => log.warn('delivery-refused', { from: startOf(firstSlot, slotSeconds), why }),
      fail
    })
    delivery.wake()
  }
  log.info('billing', { period, timeZone: timeZone ?? 'UTC', sealedUntil: startOf(service.state.sealedUntil, slotSeconds) })
  return () => {
    delivery?.stop()
    service.stop()
    store.close()
  }
}

function startOf(slot: Slot, slotSeconds: number): string {
  return new Date(slotTimes(slot, slotSeconds).start).toISOString()
}

/** Logs the events of the home network; never a reading, a key or a code. */
function logHome(output: MeterBillingOutput, slotSeconds: number, log: LogLines): void {
  if (output.type === 'sealed') {
    const { firstSlot, slots, gaps, byteLength: bytes } = output
    log.info('sealed', { from: startOf(firstSlot, slotSeconds), slots, gaps, bytes })
  } else if (output.type === 'dropped') log.info('batches-dropped', { batches: output.batches })
  else if (output.type === 'left-out') log.warn('left-out', { slot: output.slot, why: output.reason })
  else if (output.type === 'paired') log.info('paired', { customer: output.customer })
  else if (output.type === 'refused') log.warn('home-refused', { customer: output.customer, why: output.reason })
}
