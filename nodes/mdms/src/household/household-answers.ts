// Answers to a household's customer, from the store's records.
import { setImmediate } from 'node:timers/promises'
import type { AuditLine, Consent, EncryptedReadings, HouseholdBill, HouseholdConsumption, Network, SupplierTerms } from '@hushgrid/mdms'
import { toHex } from '@hushgrid/primitives'
import type { ConsentPurpose, Consents, CustomerBills, EncryptedBatches, SeenBySupplier } from '@hushgrid/web-api'
import { instant } from '../commands/tables.ts'
import { type BillExplainer, toPay } from './bill-explainer.ts'

/** Most bytes of a batch that are shown as they are. */
const SHOWN_BYTES = 32

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

export function batchesAnswer({ network, slotSeconds }: Network, readings: readonly EncryptedReadings[]): EncryptedBatches {
  return {
    network,
    slotSeconds,
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
}

export function seenAnswer({ pseudonym, account, terms, readings, bills, consumption, access }: Seen): SeenBySupplier {
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
      beginning: toHex(each.batch.subarray(0, SHOWN_BYTES))
    })),
    bills: bills.map(each => ({
      ...times(each),
      tariff: each.tariff,
      amount: String(each.amount),
      unit: each.unit,
      toPay: toPay(each, terms.tariffs),
      gaps: each.gaps,
      bytes: each.bill.byteLength
    })),
    consumption: consumption.map(each => ({
      ...times(each),
      wattHours: Object.fromEntries(Object.entries(each.lanes).map(([lane, value]) => [lane, String(value)])),
      source: each.source
    })),
    looked: access.map(({ at, account: by, role, action, outcome }) => ({
      at: instant(at),
      ...(by !== undefined && { account: by }),
      ...(role !== undefined && { role }),
      action,
      outcome
    }))
  }
}

export function consentsAnswer(consents: readonly Consent[]): Consents {
  return {
    consents: consents.map(({ purpose, given, since }) => ({
      purpose,
      given,
      ...(since !== undefined && { since: instant(since) }),
      explained: EXPLAINED[purpose]
    }))
  }
}
