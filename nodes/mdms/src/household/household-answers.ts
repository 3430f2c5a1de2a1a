// Answers to a household's customer, from the store's records.
import { setImmediate } from 'node:timers/promises'
import { BatchRejectedError, decodeBatch } from '@hushgrid/billing'
import type { AuditLine, Consent, EncryptedReadings, HouseholdBill, HouseholdConsumption, Network, SupplierTerms } from '@hushgrid/mdms'
import { toHex } from '@hushgrid/primitives'
import type { ConsentPurpose, Consents, CustomerBills, EncryptedBatches, SeenBySupplier } from '@hushgrid/web-api'
import { tariffNamed } from '../bills/payable.ts'
import { moneyOf } from '../bills/priced.ts'
import { instant } from '../commands/tables.ts'
import { type BillExplainer, toPay } from './bill-explainer.ts'

/** Most encrypted bytes of a batch that are shown as they are. */
const SHOWN_BYTES = 24

const EXPLAINED: Readonly<Record<ConsentPurpose, string>> = {
  'keep-readings':
    'The supplier keeps the readings that your meter brings, encrypted so that only you can read them, and gives them to you ' +
    'wherever you sign in. If you withdraw it, all that are kept are deleted at once, and what your meter brings from then on is ' +
    'refused. Your own devices can still get readings from the meter at home, and bills that the supplier has stay.'
}

/**
 * Finds the network of a household.
 *
 * @param records - the store's records of the household
 * @returns one without a name where nothing says which of several it is
 */
export function networkOf({ networks }: SupplierTerms, records: readonly { readonly network: string }[]): Network {
  const [first, ...others] = networks
  const named = networks.find(({ network }) => network === records[0]?.network)
  if (named) return named
  return first && others.length === 0 ? first : { network: '', slotSeconds: first?.slotSeconds ?? 0 }
}

/** @param now - Unix ms, by the clock that the readings' times are of */
export function batchesAnswer({ network, slotSeconds }: Network, readings: readonly EncryptedReadings[], now: number): EncryptedBatches {
  return {
    network,
    slotSeconds,
    now: instant(now),
    batches: readings.map(({ period, batch, received }) => ({
      firstSlot: period.from,
      slots: period.until - period.from,
      batch: Buffer.from(batch).toString('base64'),
      received: instant(received)
    }))
  }
}

/** Checks each bill once more; others' requests have their turn between two. */
export async function billsAnswer(explainer: BillExplainer, terms: SupplierTerms, bills: readonly HouseholdBill[]): Promise<CustomerBills> {
  const { slotSeconds } = networkOf(terms, bills)
  const told: CustomerBills['bills'][number][] = []
  for (const bill of bills) {
    told.push(explainer.explain(bill, { slotSeconds, tariffs: terms.tariffs }))
    await setImmediate()
  }
  return { bills: told }
}

/** All records that the store has of a household. */
export interface Seen {
  readonly pseudonym: string
  readonly account: string
  readonly terms: SupplierTerms
  readonly readings: readonly EncryptedReadings[]
  readonly bills: readonly HouseholdBill[]
  readonly consumption: readonly HouseholdConsumption[]
  readonly access: readonly AuditLine[]
  /** Gives what the supplier's clock shows at a true time, which is what audit lines have. */
  readonly shownAt: (trueTime: number) => number
}

export function seenAnswer({ pseudonym, account, terms, readings, bills, consumption, access, shownAt }: Seen): SeenBySupplier {
  const { network, slotSeconds } = networkOf(terms, [...readings, ...bills, ...consumption])
  const times = ({ period: { from, until }, received }: EncryptedReadings | HouseholdBill | HouseholdConsumption) => {
    const time = (slot: number): string => instant(slot * slotSeconds * 1000)
    return { from: time(from), until: time(until), received: instant(received) }
  }
  return {
    pseudonym,
    account,
    network,
    batches: readings.map(each => ({
      ...times(each),
      bytes: each.batch.byteLength,
      encrypted: toHex(encryptedOf(each.batch).subarray(0, SHOWN_BYTES))
    })),
    bills: bills.map(each => ({ ...times(each), ...amountOf(each, terms), gaps: each.gaps, bytes: each.bill.byteLength })),
    consumption: consumption.map(each => ({
      ...times(each),
      wattHours: Object.fromEntries(Object.entries(each.lanes).map(([lane, value]) => [lane, String(value)])),
      source: each.source
    })),
    looked: access.map(({ at, account: by, role, action, outcome }) => ({
      at: instant(shownAt(at)),
      ...(by !== undefined && { account: by }),
      ...(role !== undefined && { role }),
      action,
      outcome
    }))
  }
}

/** Gives the ciphertexts of a batch; all bytes of one that is none. */
function encryptedOf(batch: Uint8Array): Uint8Array {
  try {
    return decodeBatch(batch).ciphertexts
  } catch (cause) {
    if (cause instanceof BatchRejectedError) return batch
    throw cause
  }
}

function amountOf(
  bill: HouseholdBill,
  { tariffs }: SupplierTerms
): Pick<SeenBySupplier['bills'][number], 'tariff' | 'amount' | 'unit' | 'toPay' | 'money' | 'timeZone'> {
  const { tariff, amount, unit } = bill
  const named = tariffNamed(tariff, tariffs)
  const terms = named && { money: moneyOf(named), timeZone: named.timeZone }
  return { tariff, amount: String(amount), unit, toPay: toPay(bill, tariffs), ...terms }
}

/** @param shownAt - gives what the supplier's clock shows at a true time */
export function consentsAnswer(consents: readonly Consent[], shownAt: Seen['shownAt']): Consents {
  return {
    consents: consents.map(({ purpose, given, since }) => ({
      purpose,
      given,
      ...(since !== undefined && { since: instant(shownAt(since)) }),
      explained: EXPLAINED[purpose]
    }))
  }
}
