// A meter's part in billing, as a state machine without I/O.
//
// Call contract: `stepMeterBilling(state, input, now)` gives the next state and outputs, to be carried out in order; the
// caller puts `journal` and `replace` on stable storage, and keeps `ticket`, before it goes on. Feed in the reading of
// the slot that has just ended, then tick at `wakeAt`. Slots never go back to a sealed period: each is sealed once, with
// or without a reading, since pads and openings follow from slot and lane.
import {
  HushgridError,
  InvalidArgumentError,
  type MeterId,
  type Millis,
  millis,
  type SigningKey,
  type Slot,
  slot,
  slotAt
} from '@hushgrid/primitives'
import { sealBatch } from '../batch/batch.ts'
import { decodeBatch, encodeBatch } from '../batch/encoding.ts'
import { batchEnd, MAX_BATCH_SLOTS } from '../batch/header.ts'
import { type BatchSpan, batchSpan, checkBatchCalendar, slotMonthsBefore } from '../batch/period.ts'
import { isWithin, READING_BITS } from '../commitments/commitment.ts'
import { PAD_BYTES } from '../commitments/secrets.ts'
import type { BillingRecord, BillingTerms } from './billing-record.ts'
import {
  decodeHomeRequest,
  encodeHomeReply,
  HomeMessageError,
  type HomeReply,
  type HomeRequest,
  isProven,
  MAX_HOME_REPLY
} from './home-messages.ts'
import { type PairingTicket, tryPairingCode } from './pairing.ts'

/** Calendar months for which a meter keeps batches, and with them the readings. */
const KEPT_MONTHS = 12

const LONGEST_DAYS = { day: 1, week: 7, month: 31 } as const

/** Configuration of a meter's billing. */
export interface MeterBillingConfig {
  readonly identity: SigningKey
  /** K, 32 bytes. */
  readonly key: Uint8Array
  readonly terms: BillingTerms
}

/** A batch that was sealed. */
interface SealedBatch extends BatchSpan {
  readonly bytes: Uint8Array
}

export interface MeterBillingState {
  readonly config: MeterBillingConfig
  /** First slot that is neither sealed nor given up. */
  readonly sealedUntil: Slot
  /** Readings that wait to be sealed. */
  readonly open: ReadonlyMap<Slot, readonly bigint[]>
  /** Batches in the order of their slots. */
  readonly batches: readonly SealedBatch[]
  /** True where the journal tells where it begins. */
  readonly begun: boolean
  /** End of the slot that runs. */
  readonly wakeAt: Millis
}

export type MeterBillingInput =
  | { readonly type: 'tick' }
  /** Reading of a slot that has ended: Wh of each lane. */
  | { readonly type: 'reading'; readonly slot: Slot; readonly values: readonly bigint[] }
  /** Request from a stream, with the rest of the last code that was shown. */
  | {
      readonly type: 'request'
      readonly from: MeterId
      readonly bytes: Uint8Array
      readonly ticket: PairingTicket | undefined
      /** Token that comes back with the reply. */
      readonly token: number
    }

export type MeterBillingOutput =
  /** Record to add to the journal. */
  | { readonly type: 'journal'; readonly record: BillingRecord }
  /** Records to replace the whole journal by, at once. */
  | { readonly type: 'replace'; readonly records: readonly BillingRecord[] }
  /** Ticket to keep instead of the last; undefined where it is used or void. */
  | { readonly type: 'ticket'; readonly ticket: PairingTicket | undefined }
  | { readonly type: 'sealed'; readonly firstSlot: Slot; readonly slots: number; readonly gaps: number; readonly byteLength: number }
  /** Batches that were too old to be kept. */
  | { readonly type: 'dropped'; readonly batches: number }
  /** A reading that is in no batch; the reason never holds it. */
  | { readonly type: 'left-out'; readonly slot: Slot; readonly reason: string }
  | { readonly type: 'paired'; readonly customer: MeterId }
  | { readonly type: 'refused'; readonly customer: MeterId; readonly reason: string }
  | { readonly type: 'reply'; readonly token: number; readonly bytes: Uint8Array }

export interface MeterBillingStep {
  readonly state: MeterBillingState
  readonly outputs: MeterBillingOutput[]
}

/** A journal of other terms, whose pads and openings would be of other readings. */
export class BillingTermsError extends HushgridError {
  override name = 'BillingTermsError'
}

/**
 * @param journal - the journal so far, in order; undefined where it was lost: then nothing before the period that runs
 * is ever sealed again, and what was measured in it is a gap
 * @throws BillingTermsError, InvalidArgumentError; BatchRejectedError for a batch that is none
 */
export function createMeterBilling(
  config: MeterBillingConfig,
  journal: readonly BillingRecord[] | undefined,
  now: Millis
): MeterBillingState {
  const { terms } = config
  checkTerms(terms)
  const running = slotAt(now, terms.slotSeconds)
  const from = journal?.findLast(record => record.kind === 'from')
  const sealedUntil = from?.slot ?? batchSpan(running, terms).from
  const open = new Map<Slot, readonly bigint[]>()
  const batches: SealedBatch[] = []
  for (const record of journal ?? []) {
    if (record.kind === 'terms') checkSameTerms(terms, record)
    else if (record.kind === 'batch') batches.push(sealedBatch(record.bytes))
    else if (record.kind === 'reading') open.set(record.slot, record.values)
  }
  return { config, sealedUntil, open, batches, begun: from !== undefined, wakeAt: endOf(running, terms) }
}

function checkTerms(terms: BillingTerms): void {
  const { period, slotSeconds, lanes } = terms
  checkBatchCalendar(terms)
  // Allows for the hour that a day gains when summer time ends.
  const slots = Math.ceil((LONGEST_DAYS[period] * 86_400 + 3600) / slotSeconds)
  if (slots > MAX_BATCH_SLOTS || slots * lanes.length * PAD_BYTES > MAX_HOME_REPLY / 2)
    throw new InvalidArgumentError(
      'period',
      `one whose batch fits into ${MAX_BATCH_SLOTS} slots and a message`,
      `a ${period} of ${slots} slots`
    )
}

function checkSameTerms(terms: BillingTerms, kept: BillingTerms): void {
  const words = ({ slotSeconds, lanes, period, timeZone }: BillingTerms): string =>
    `slots of ${slotSeconds} s, lanes ${lanes.join(' ')}, a batch each ${period} of ${timeZone}`
  if (words(terms) !== words(kept))
    throw new BillingTermsError(`billing journal: expected the terms that it was begun with (${words(kept)}), got ${words(terms)}`)
}

function sealedBatch(bytes: Uint8Array): SealedBatch {
  const batch = decodeBatch(bytes)
  return { from: batch.firstSlot, until: batchEnd(batch), bytes }
}

function endOf(at: Slot, { slotSeconds }: BillingTerms): Millis {
  return millis((at + 1) * slotSeconds * 1000)
}

/** Gives the journal of a state. */
export function billingRecords({ config, sealedUntil, batches, open }: MeterBillingState): BillingRecord[] {
  return [
    { kind: 'terms', ...config.terms },
    { kind: 'from', slot: sealedUntil },
    ...batches.map(({ bytes }) => ({ kind: 'batch', bytes }) as const),
    ...[...open].map(([slot, values]) => ({ kind: 'reading', slot, values }) as const)
  ]
}

/** Takes one step; the contract is at the top. */
export function stepMeterBilling(before: MeterBillingState, input: MeterBillingInput, now: Millis): MeterBillingStep {
  const outputs: MeterBillingOutput[] = []
  let state = before
  if (!state.begun) {
    state = { ...state, begun: true }
    outputs.push({ type: 'replace', records: billingRecords(state) })
  }
  if (input.type === 'reading') state = take(state, input.slot, input.values, now, outputs)
  else if (input.type === 'request') answer(state, input, outputs)
  else state = seal(state, slotAt(now, state.config.terms.slotSeconds), outputs)
  return { state: { ...state, wakeAt: endOf(slotAt(now, state.config.terms.slotSeconds), state.config.terms) }, outputs }
}

function take(
  state: MeterBillingState,
  slot: Slot,
  values: readonly bigint[],
  now: Millis,
  outputs: MeterBillingOutput[]
): MeterBillingState {
  const { terms } = state.config
  const reason = whyNot(state, slot, values, slotAt(now, terms.slotSeconds))
  if (reason !== undefined) {
    outputs.push({ type: 'left-out', slot, reason })
    return state
  }
  outputs.push({ type: 'journal', record: { kind: 'reading', slot, values } })
  return { ...state, open: new Map([...state.open, [slot, values]]) }
}

function whyNot(
  { config, sealedUntil, open }: MeterBillingState,
  slot: Slot,
  values: readonly bigint[],
  running: Slot
): string | undefined {
  const lanes = config.terms.lanes.length
  if (slot < sealedUntil) return 'its period is sealed'
  if (slot >= running) return 'the slot has not ended'
  if (open.has(slot)) return 'it has a reading already'
  if (values.length !== lanes) return `expected ${lanes} lanes, got ${values.length}`
  if (values.some(value => value < 0n || !isWithin(value, READING_BITS))) return `expected whole Wh from 0 to 2^${READING_BITS} - 1`
  return undefined
}

/** Seals the periods that are over, also those without any reading: a bill needs every slot in a batch. */
function seal(before: MeterBillingState, running: Slot, outputs: MeterBillingOutput[]): MeterBillingState {
  const { identity, key, terms } = before.config
  const { slotSeconds, lanes } = terms
  const oldest = slotMonthsBefore(running, KEPT_MONTHS, terms)
  const sealed: MeterBillingOutput[] = []
  const batches = before.batches.filter(({ until }) => until > oldest)
  const dropped = before.batches.length - batches.length
  // Begins with the oldest slots still kept, for a meter that was off for years.
  let next = oldest > before.sealedUntil ? batchSpan(oldest, terms).from : before.sealedUntil
  for (;;) {
    const { from, until } = batchSpan(next, terms)
    if (until > running) break
    // Begins after the batch before, which the zone's earlier rules may have ended later than the calendar says now.
    const firstSlot = slot(Math.max(from, next))
    const readings = Array.from({ length: until - firstSlot }, (_, i) => before.open.get((firstSlot + i) as Slot))
    const { batch } = sealBatch({ identity, key, slotSeconds, firstSlot, lanes, readings })
    const bytes = encodeBatch(batch)
    batches.push({ from: firstSlot, until, bytes })
    const gaps = readings.filter(values => values === undefined).length
    sealed.push({ type: 'sealed', firstSlot, slots: readings.length, gaps, byteLength: bytes.byteLength })
    next = until
  }
  if (sealed.length === 0 && dropped === 0) return before
  const state = { ...before, sealedUntil: next, batches, open: new Map([...before.open].filter(([slot]) => slot >= next)) }
  outputs.push({ type: 'replace', records: billingRecords(state) }, ...sealed)
  if (dropped > 0) outputs.push({ type: 'dropped', batches: dropped })
  return state
}

function answer(
  state: MeterBillingState,
  { from: customer, bytes, ticket, token }: Extract<MeterBillingInput, { type: 'request' }>,
  outputs: MeterBillingOutput[]
): void {
  const reply = replyTo(state, customer, bytes, ticket, outputs)
  if (reply.type === 'refused') outputs.push({ type: 'refused', customer, reason: reply.reason })
  outputs.push({ type: 'reply', token, bytes: encodeHomeReply(reply) })
}

function replyTo(
  { config, batches }: MeterBillingState,
  customer: MeterId,
  bytes: Uint8Array,
  ticket: PairingTicket | undefined,
  outputs: MeterBillingOutput[]
): HomeReply {
  let request: HomeRequest
  try {
    request = decodeHomeRequest(bytes)
  } catch (cause) {
    if (!(cause instanceof HomeMessageError)) throw cause
    return refusal(cause.message)
  }
  if (request.type === 'pair') {
    const tried = tryPairingCode(ticket, request.code)
    if (tried.ticket !== ticket) outputs.push({ type: 'ticket', ticket: tried.ticket })
    if (!tried.right) return refusal('pairing: expected the code that the meter shows, got another, or one that is used or void')
    outputs.push({ type: 'paired', customer })
    return { type: 'paired', key: config.key }
  }
  if (!isProven(config.key, { meter: config.identity.id, customer }, request))
    return refusal('expected a customer that this meter is paired with')
  if (request.type === 'list')
    return { type: 'list', batches: batches.map(({ from, until }) => ({ firstSlot: from, slots: until - from })) }
  const { firstSlot } = request
  const found = batches.find(({ from }) => from === firstSlot)
  return found ? { type: 'batch', bytes: found.bytes } : refusal(`expected the first slot of a batch that is kept, got ${firstSlot}`)
}

function refusal(reason: string): HomeReply {
  return { type: 'refused', reason }
}
