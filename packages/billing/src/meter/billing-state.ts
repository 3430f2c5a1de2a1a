// State of a meter's billing, and how it begins from what the meter kept.
import {
  HushgridError,
  InvalidArgumentError,
  type MeterId,
  type Millis,
  millis,
  type Rng,
  type SigningKey,
  type Slot,
  slot,
  slotAt
} from '@hushgrid/primitives'
import { decodeBatch } from '../batch/encoding.ts'
import { batchEnd, MAX_BATCH_SLOTS } from '../batch/header.ts'
import type { KeyEpoch } from '../batch/key-epoch.ts'
import { type BatchSpan, batchSpan, checkBatchCalendar } from '../batch/period.ts'
import { PAD_BYTES } from '../commitments/secrets.ts'
import { type BillingKeys, BillingKeysError, keyInForce } from './billing-keys.ts'
import type { BillingRecord, BillingTerms } from './billing-record.ts'
import { MAX_HOME_REPLY } from './home-messages.ts'
import type { PairingTicket } from './pairing.ts'
import type { WrongCodes } from './wrong-codes.ts'

const LONGEST_DAYS = { day: 1, week: 7, month: 31 } as const

/** Configuration of a meter's billing. */
export interface MeterBillingConfig {
  readonly identity: SigningKey
  readonly terms: BillingTerms
  /** Source of new keys. */
  readonly rng: Rng
}

/** What a meter kept of its billing. */
export interface KeptBilling {
  readonly keys: BillingKeys
  /** The journal so far, in order; undefined where it was lost. */
  readonly journal: readonly BillingRecord[] | undefined
}

/** A batch that was sealed. */
export interface SealedBatch extends BatchSpan {
  readonly keyEpoch: KeyEpoch
  readonly bytes: Uint8Array
}

export interface MeterBillingState {
  readonly config: MeterBillingConfig
  readonly keys: BillingKeys
  /** First slot that is neither sealed nor given up. */
  readonly sealedUntil: Slot
  /** Readings that wait to be sealed. */
  readonly open: ReadonlyMap<Slot, readonly bigint[]>
  /** Batches in the order of their slots. */
  readonly batches: readonly SealedBatch[]
  readonly wrongCodes: WrongCodes
  /** True where the journal tells where it begins. */
  readonly begun: boolean
  /** End of the slot that runs. */
  readonly wakeAt: Millis
}

export type MeterBillingOutput =
  /** Record to add to the journal. */
  | { readonly type: 'journal'; readonly record: BillingRecord }
  /** Records to replace the whole journal by, at once. */
  | { readonly type: 'replace'; readonly records: readonly BillingRecord[] }
  /** Keys to keep instead of those before. */
  | { readonly type: 'keys'; readonly keys: BillingKeys }
  /** Ticket to keep instead of the last; undefined where it is used. */
  | { readonly type: 'ticket'; readonly ticket: PairingTicket | undefined }
  | { readonly type: 'sealed'; readonly firstSlot: Slot; readonly slots: number; readonly gaps: number; readonly byteLength: number }
  /** Batches that were too old to be kept. */
  | { readonly type: 'dropped'; readonly batches: number }
  /** A reading that is in no batch; the reason never holds it. */
  | { readonly type: 'left-out'; readonly slot: Slot; readonly reason: string }
  | { readonly type: 'paired'; readonly customer: MeterId; readonly keyEpoch: KeyEpoch }
  /** A key that no customer has is in force. */
  | { readonly type: 'unpaired'; readonly keyEpoch: KeyEpoch }
  | { readonly type: 'refused'; readonly customer: MeterId; readonly reason: string }
  | { readonly type: 'reply'; readonly token: number; readonly bytes: Uint8Array }

/** A journal of other terms, whose pads and openings would be of other readings. */
export class BillingTermsError extends HushgridError {
  override name = 'BillingTermsError'
}

/**
 * Begins from what the meter kept. Where the journal was lost, nothing before the period that runs, or before the key in
 * force, is ever sealed again, and what was measured in it is a gap.
 *
 * @throws BillingTermsError, InvalidArgumentError; BatchRejectedError for a batch that is none; BillingKeysError where the
 * key of a batch is missing
 */
export function createMeterBilling(config: MeterBillingConfig, { keys, journal }: KeptBilling, now: Millis): MeterBillingState {
  const { terms } = config
  checkTerms(terms)
  const running = slotAt(now, terms.slotSeconds)
  const from = journal?.findLast(record => record.kind === 'from')
  const sealedUntil = from?.slot ?? slot(Math.max(batchSpan(running, terms).from, keyInForce(keys).from))
  const open = new Map<Slot, readonly bigint[]>()
  const batches: SealedBatch[] = []
  for (const record of journal ?? []) {
    if (record.kind === 'terms') checkSameTerms(terms, record)
    else if (record.kind === 'batch') batches.push(sealedBatch(record.bytes, keys))
    else if (record.kind === 'reading') open.set(record.slot, record.values)
  }
  return { config, keys, sealedUntil, open, batches, wrongCodes: new Map(), begun: from !== undefined, wakeAt: endOf(running, terms) }
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

function sealedBatch(bytes: Uint8Array, keys: BillingKeys): SealedBatch {
  const batch = decodeBatch(bytes)
  const { firstSlot, keyEpoch } = batch
  if (!keys.some(({ epoch }) => epoch === keyEpoch))
    throw new BillingKeysError(`billing keys: expected that of epoch ${keyEpoch}, which the batch from slot ${firstSlot} has, got none`)
  return { from: firstSlot, until: batchEnd(batch), keyEpoch, bytes }
}

/** Gives the end of a slot. */
export function endOf(at: Slot, { slotSeconds }: BillingTerms): Millis {
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
