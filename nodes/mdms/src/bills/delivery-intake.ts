// Intake of the encrypted readings and bills that meters and customers bring themselves.
import { type Bands, BatchRejectedError, batchEnd, decodeBatch } from '@hushgrid/billing'
import { networkId } from '@hushgrid/dcnet'
import {
  ConflictError,
  ConsentWithdrawnError,
  type Network,
  type Recorded,
  RetentionError,
  SingleHouseholdError,
  type Store,
  StoreUnavailableError,
  TariffNotValidError,
  UnknownTariffError
} from '@hushgrid/mdms'
import {
  BillDelivery,
  DeliveryReply,
  DropCounter,
  type DropReason,
  type Envelope,
  MAX_REFUSAL,
  MalformedMessageError,
  MessageType,
  ReadingDelivery,
  verifyEnvelope
} from '@hushgrid/messages'
import type { GuestPolicy } from '@hushgrid/network'
import { ed25519Verifier, HushgridError, type MeterId, type Millis, slotAt, WeakKeyError } from '@hushgrid/primitives'
import type { Pseudonyms } from '../household/pseudonyms.ts'
import { BillPool, BillPoolFullError, BillPoolStoppedError } from './bill-pool.ts'

export interface DeliveryIntakeInit {
  readonly store: Pick<Store, 'readTerms' | 'recordReadings' | 'recordBill'>
  readonly network: Network
  readonly pseudonymOf: Pseudonyms
  readonly now: () => Millis
  /** Bands for bills by dynamic tariffs. */
  readonly bands?: Bands
  readonly observe: (delivered: Delivered) => void
  /** Takes problems after which whoever brought something tries again. */
  readonly warn: (problem: string) => void
  readonly fail: (cause: unknown) => void
}

/** Outcome of a delivery for a log, with nothing of its content. */
export type Delivered =
  | { readonly type: 'batch' | 'bill'; readonly firstSlot: number; readonly slots: number; readonly recorded: Recorded }
  | { readonly type: 'refused'; readonly what: 'batch' | 'bill'; readonly from: MeterId; readonly reason: string }
  | { readonly type: 'dropped'; readonly reason: DropReason }

/** Meters and customers, who bring what proves itself: anybody, within quotas, on the supplier's stream. */
export const DELIVERERS: GuestPolicy = { streams: ['mdms'] }

/** Most bills that may be waiting or being checked. */
const MOST_WAITING = 32
/** Slots that a meter's clock may be ahead of this node's. */
const AHEAD_SLOTS = 2

/** A refusal of a delivery for good; the message is one sentence. */
class RefusedDelivery extends HushgridError {
  readonly reason: DropReason

  constructor(reason: DropReason, message: string) {
    super(message)
    this.reason = reason
  }
}

/** A delivery on which nothing was decided, for a reason of this node's own. */
class PutOffDelivery extends HushgridError {}

/** Errors by which the store refuses something for good. */
const FINAL = [ConflictError, ConsentWithdrawnError, SingleHouseholdError, RetentionError, TariffNotValidError, UnknownTariffError]

/** Takes deliveries, checks them, and puts them in the store. */
export class DeliveryIntake {
  readonly #init: DeliveryIntakeInit
  readonly #networkId: Uint8Array
  /** Pool of one thread: deliveries may wait, other work of the node may not. */
  readonly #bills = new BillPool({ threads: 1, most: MOST_WAITING })
  readonly #drops = new DropCounter()
  /** Peers with a bill that is waiting or being checked. */
  readonly #checking = new Set<MeterId>()
  readonly #taking = new Set<Promise<Uint8Array>>()

  constructor(init: DeliveryIntakeInit) {
    this.#init = init
    this.#networkId = networkId(init.network.network)
  }

  /** Tells whether a message is a delivery. */
  static takes({ type }: Envelope): boolean {
    return type === MessageType.ReadingDelivery || type === MessageType.BillDelivery
  }

  /**
   * Takes a delivery; resolves once it is in the store, refused or put off. Never rejects.
   *
   * @param from - the peer that brings it, which need not be the signer
   * @returns a DeliveryReply
   */
  async take(from: MeterId, envelope: Envelope): Promise<Uint8Array> {
    const taking = this.#take(from, envelope)
    this.#taking.add(taking)
    try {
      return await taking
    } finally {
      this.#taking.delete(taking)
    }
  }

  /** Stops the intake; resolves when nothing more is done with the store. */
  async stop(): Promise<void> {
    await this.#bills.stop()
    await Promise.all(this.#taking)
  }

  async #take(from: MeterId, envelope: Envelope): Promise<Uint8Array> {
    const { now, network, observe, warn, fail } = this.#init
    const slot = slotAt(now(), network.slotSeconds)
    const what = envelope.type === MessageType.BillDelivery ? 'bill' : 'batch'
    if (!this.#drops.reads(from, slot)) {
      this.#drops.add('flood', from, slot)
      observe({ type: 'dropped', reason: 'flood' })
      return later('too much of what you brought in this slot was refused')
    }
    try {
      this.#checkEnvelope(envelope)
      observe(await (what === 'bill' ? this.#takeBill(from, envelope) : this.#takeBatch(envelope)))
      return DeliveryReply.encode({ taken: envelope.hash, refused: '', later: false })
    } catch (cause) {
      if (cause instanceof PutOffDelivery) return later(cause.message)
      if (cause instanceof BillPoolStoppedError) return later('the node is stopping')
      if (cause instanceof BillPoolFullError) return later('many bills are waiting to be checked')
      if (cause instanceof StoreUnavailableError) {
        warn(cause.message)
        return later('the store cannot be reached now')
      }
      const refusal = refusalOf(cause)
      if (!refusal) {
        fail(cause)
        return later('the node has failed')
      }
      this.#drops.add(refusal.reason, from, slot)
      observe({ type: 'refused', what, from, reason: refusal.message })
      return DeliveryReply.encode({ taken: new Uint8Array(0), refused: refusal.message.slice(0, MAX_REFUSAL), later: false })
    }
  }

  #checkEnvelope(envelope: Envelope): void {
    const { network } = this.#init.network
    if (envelope.epoch !== 0 || envelope.slot !== 0)
      throw new RefusedDelivery('wrong-epoch', `envelope: expected epoch 0 and slot 0, got ${envelope.epoch} and ${envelope.slot}`)
    if (!verifyEnvelope(envelope, ed25519Verifier(envelope.sender), this.#networkId))
      throw new RefusedDelivery(
        'bad-signature',
        `envelope: expected its sender's signature for network ${network}, got one that does not hold`
      )
  }

  async #takeBatch({ sender, payload }: Envelope): Promise<Delivered> {
    const { store, network, pseudonymOf, now } = this.#init
    const bytes = ReadingDelivery.decode(payload).batch
    const batch = decodeBatch(bytes)
    if (batch.meterId !== sender)
      throw new RefusedDelivery(
        'unknown-sender',
        `batch: expected one of the meter that signs the delivery, ${sender}, got one of ${batch.meterId}`
      )
    if (batch.slotSeconds !== network.slotSeconds)
      throw new RefusedDelivery('wrong-shape', `batch: expected slots of ${network.slotSeconds} s, got slots of ${batch.slotSeconds} s`)
    const period = { from: batch.firstSlot, until: batchEnd(batch) }
    this.#checkPast(period.until)
    const household = pseudonymOf(sender)
    const recorded = await withoutNames(household, () =>
      store.recordReadings({ network: network.network, household, period, batch: bytes, received: now() })
    )
    return { type: 'batch', firstSlot: period.from, slots: batch.slots, recorded }
  }

  async #takeBill(from: MeterId, { payload }: Envelope): Promise<Delivered> {
    const { bill } = BillDelivery.decode(payload)
    if (this.#checking.has(from)) throw new PutOffDelivery('another bill that you brought is being checked')
    this.#checking.add(from)
    try {
      return await this.#record(bill)
    } finally {
      this.#checking.delete(from)
    }
  }

  async #record(bill: Uint8Array): Promise<Delivered> {
    const { store, network, pseudonymOf, now, bands } = this.#init
    const answer = await this.#bills.check({ bill }, async () => {
      const { tariffs } = await store.readTerms()
      return { slotSeconds: network.slotSeconds, tariffs, ...(bands && { bands }) }
    })
    if ('fault' in answer) throw new RefusedDelivery(answer.fault === 'encoding' ? 'malformed' : 'wrong-shape', answer.message)
    const { meter, checked } = answer
    const { from, until } = checked.period
    this.#checkPast(until)
    const household = pseudonymOf(meter)
    const recorded = await withoutNames(household, () =>
      store.recordBill({ ...checked, network: network.network, household, received: now() })
    )
    return { type: 'bill', firstSlot: from, slots: until - from, recorded }
  }

  /** Refuses future slots, which would block later readings and outlast every retention. */
  #checkPast(until: number): void {
    const { network, now } = this.#init
    const running = slotAt(now(), network.slotSeconds)
    if (until > running + AHEAD_SLOTS)
      throw new RefusedDelivery('too-early', `slots: expected those that are over, up to ${running - 1}, got up to ${until - 1}`)
  }
}

function later(reason: string): Uint8Array {
  return DeliveryReply.encode({ taken: new Uint8Array(0), refused: reason, later: true })
}

/** Takes the household's pseudonym, which nobody outside may see, out of the store's errors. */
async function withoutNames<T>(household: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    if (!FINAL.some(kind => cause instanceof kind)) throw cause
    const reason = cause instanceof ConflictError ? 'conflicting' : 'wrong-shape'
    throw new RefusedDelivery(reason, (cause as HushgridError).message.replaceAll(household, 'this household'))
  }
}

/** Gives the refusal of an error; undefined for a defect of this program. */
function refusalOf(cause: unknown): { readonly reason: DropReason; readonly message: string } | undefined {
  if (cause instanceof RefusedDelivery) return cause
  if (cause instanceof MalformedMessageError) return cause
  if (cause instanceof BatchRejectedError) return { reason: 'malformed', message: cause.message }
  if (cause instanceof WeakKeyError) return { reason: 'bad-signature', message: cause.message }
  return undefined
}
