// Home network of a meter, the same for both paths of its readings.
import { BATCH_PERIODS, type BatchPeriod, type BillingTerms, type MeterBillingOutput } from '@hushgrid/billing'
import { HomeService, NetworkNode, nodeAddress, presetNamed, type ReadingSource, type SchedulingClock } from '@hushgrid/network'
import { alternatives, HushgridError, type IdentityKey, type ObisCode, type Slot, slotTimes, systemRng } from '@hushgrid/primitives'
import { choiceOf, type LogLines, listenAddress } from '@hushgrid/runtime'
import type { Network } from '@hushgrid/topology'
import type { Command } from 'commander'
import { readZone } from '../readings/data-options.ts'
import { BatchDelivery } from './batch-delivery.ts'
import { BillingStore } from './billing-store.ts'

/** Options of the home network. */
export interface HomeOptions {
  readonly billingPeriod?: BatchPeriod
  readonly timeZone?: string
  /** Recording of the readings; its stamps may be in the home's zone. */
  readonly data?: string
  readonly billingSupplier?: string
  readonly homeListen?: string
}

/** Name of a network, required of every node; it stands in topics only, and a home has none. */
const HOME_NETWORK = 'home'
/** Customers that may be connected at once, more than any home has. */
const HOME_PEERS = 16
/** Address of the home network unless another is given: only this machine reaches it. */
const LOOPBACK = '/ip4/127.0.0.1/tcp/0'

/** Adds the options. */
export function withHomeOptions(command: Command): Command {
  return command
    .option(
      '--billing-period <name>',
      `seal readings for the customer, a batch each ${alternatives(BATCH_PERIODS)}, and hand them out on the home network (default: not at all)`,
      choiceOf('--billing-period', BATCH_PERIODS)
    )
    .option('--time-zone <name>', 'whose days, weeks and months these are, and of stamps in --data that name none (default: UTC)', readZone)
    .option('--billing-supplier <multiaddr>', "bring sealed batches to the supplier's store too, which can read none of them", nodeAddress)
    .option(
      '--home-listen <multiaddr>',
      `where the customer's program reaches the meter, and nobody else does (default: ${LOOPBACK})`,
      listenAddress('--home-listen')
    )
}

/** Parts of the meter that the home network needs. */
export interface HomeSetting {
  /** Node of the meter in its network, by which batches go to the supplier. */
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
 * Starts the home network, where the options ask for it, on a node of its own with the meter's identity: its address is not
 * that of the meter in its network, whose peers are not let into the home.
 *
 * @returns a function that stops it
 * @throws HushgridError
 */
export async function startHome(options: HomeOptions, setting: HomeSetting): Promise<() => Promise<void>> {
  const { billingPeriod: period, timeZone = 'UTC', homeListen = LOOPBACK } = options
  if (period === undefined) {
    refuseWithoutPeriod(options)
    return async () => undefined
  }
  const { identity, dataDir, network, flush = true, log } = setting
  const { slotSeconds, lanes } = network
  const store = BillingStore.open(dataDir, systemRng, flush)
  const node = await startNode(identity, homeListen).catch(cause => {
    store.close()
    throw cause
  })
  const stop: (() => void)[] = [() => store.close()]
  try {
    let delivery: BatchDelivery | undefined
    const service = serviceOf(store, node, { slotSeconds, lanes, period, timeZone }, setting, () => delivery?.wake())
    stop.unshift(() => service.stop())
    await service.start()
    if (options.billingSupplier !== undefined) {
      delivery = deliveryTo(options.billingSupplier, service, setting)
      stop.unshift(() => delivery?.stop())
      delivery.wake()
    }
    log.info('billing', { period, timeZone, sealedUntil: startOf(service.state.sealedUntil, slotSeconds), home: node.addresses.join(' ') })
  } catch (cause) {
    for (const each of stop) each()
    await node.stop()
    throw cause
  }
  return async () => {
    for (const each of stop) each()
    await node.stop()
  }
}

/** @throws HushgridError where an option is of no use without a period */
function refuseWithoutPeriod({ billingSupplier, timeZone, homeListen, data }: HomeOptions): void {
  for (const [option, value] of Object.entries({
    '--billing-supplier': billingSupplier,
    '--time-zone': data === undefined ? timeZone : undefined,
    '--home-listen': homeListen
  }))
    if (value !== undefined) throw new HushgridError(`${option}: expected with --billing-period only`)
}

function startNode(identity: IdentityKey, listen: string): Promise<NetworkNode> {
  const preset = presetNamed('field', HOME_NETWORK, HOME_PEERS)
  return NetworkNode.start({ identity, network: HOME_NETWORK, listen: [listen], preset, guests: { streams: ['home'] } })
}

function serviceOf(
  store: BillingStore,
  node: NetworkNode,
  terms: BillingTerms,
  { identity, clock, readings, log, fail }: HomeSetting,
  sealed: () => void
): HomeService {
  if (!store.journal)
    log.warn('billing-journal-lost', {
      problem: 'the journal of batches is missing or damaged: what was measured since the last one is a gap, and earlier batches are gone'
    })
  return new HomeService({
    node,
    clock,
    fail,
    config: { identity, terms, rng: systemRng },
    kept: store,
    append: record => store.append(record),
    replace: records => store.replace(records),
    keepKeys: keys => store.keepKeys(keys),
    readTicket: () => store.readTicket(),
    keepTicket: ticket => store.keepTicket(ticket),
    unpairAsked: () => store.unpairAsked(),
    unpaired: () => store.unpaired(),
    readings,
    observe: output => {
      logHome(output, terms.slotSeconds, log)
      if (output.type === 'sealed') sealed()
    },
    warn: problem => log.warn('trouble', { problem })
  })
}

function deliveryTo(address: string, service: HomeService, { node, identity, network, log, fail }: HomeSetting): BatchDelivery {
  const { name, slotSeconds } = network
  return new BatchDelivery({
    contact: {
      node,
      identity,
      network: name,
      address,
      onFailure: cause =>
        log.warn('trouble', { problem: `supplier: ${cause instanceof Error ? cause.message : String(cause)}` }, 'supplier')
    },
    kept: () => service.state.batches.map(({ from, bytes }) => ({ firstSlot: from, bytes })),
    delivered: ({ firstSlot }) => log.info('delivered', { from: startOf(firstSlot, slotSeconds) }),
    refused: ({ firstSlot }, why) => log.warn('delivery-refused', { from: startOf(firstSlot, slotSeconds), why }),
    fail
  })
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
  else if (output.type === 'paired') log.info('paired', { customer: output.customer, keyEpoch: output.keyEpoch })
  else if (output.type === 'unpaired') log.info('unpaired', { keyEpoch: output.keyEpoch })
  else if (output.type === 'refused') log.warn('home-refused', { customer: output.customer, why: output.reason })
}
