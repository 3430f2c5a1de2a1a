// One household of the demonstration: its meter's sealed month, its customer's account, and the bill of that month.
import { join } from 'node:path'
import {
  type BillingTerms,
  billingRecords,
  createMeterBilling,
  decodeHomeReply,
  encodeHomeRequest,
  formatAmount,
  type MeterBillingInput,
  type MeterBillingState,
  type MeterKey,
  newPairingTicket,
  parseTariff,
  roundAmount,
  stepMeterBilling
} from '@hushgrid/billing'
import { type ReadingsRecipe, readerOf } from '@hushgrid/lab'
import { CustomerDevice, CustomerRecords, encodeAccount } from '@hushgrid/node-customer'
import { BillingStore, MeterStore } from '@hushgrid/node-meter'
import { IdentityKey, type MeterId, type Millis, millis, type Slot, systemRng } from '@hushgrid/primitives'
import { TIME_ZONE } from './month.ts'

export interface HouseholdOrder {
  readonly household: number
  /** Account of its customer. */
  readonly account: string
  readonly password: string
  /** Folder of the meter, in the lab's. */
  readonly meterFolder: string
  /** The customer's own folder. */
  readonly customerFolder: string
  readonly recipe: ReadingsRecipe
  readonly terms: BillingTerms
  readonly period: string
  /** First slot of the month that is billed. */
  readonly from: Slot
  /** Slot before the neighbourhood's first, from which on the meter measures itself. */
  readonly until: Slot
  readonly tariff: { readonly name: string; readonly text: string }
}

/** Records of a household for others; nothing in them opens a reading. */
export interface MadeHousehold {
  readonly household: number
  readonly account: string
  readonly meter: MeterId
  /** Record of the account with the proof of its password, for the portal. */
  readonly record: string
  readonly proof: string
  /** Bill for the supplier. */
  readonly bill: Uint8Array
  readonly toPay: string
}

/** Makes a household with the code of real meters and customers; only nobody types the pairing code. */
export async function makeHousehold(order: HouseholdOrder): Promise<MadeHousehold> {
  const { household, account, password, customerFolder, period, tariff } = order
  const { meter, key } = sealMonth(order)
  const records = new CustomerRecords(join(customerFolder, 'records'))
  const device = await CustomerDevice.create(records, account, password, systemRng)
  device.addKey(meter.id, key)
  // Making the bill opens the batches and checks the meter's signatures.
  for (const { from, bytes } of meter.batches) records.putBatch(meter.id, from, bytes)
  const terms = parseTariff(tariff.text, tariff.name)
  const { bill, bytes } = device.makeBill(meter.id, period, terms)
  const record = records.readAccount()
  if (!record) throw new Error(`account ${account}: expected the record that was just made`)
  return {
    household,
    account,
    meter: meter.id,
    record: encodeAccount(record),
    proof: device.signInProof(),
    bill: bytes,
    toPay: formatAmount(roundAmount(bill.amount, terms).minor, terms)
  }
}

/** Seals the month before the meter is started, and pairs its customer; the journal holds the readings that wait to be sealed. */
function sealMonth({ household, meterFolder, recipe, terms, from, until }: HouseholdOrder): {
  readonly meter: { readonly id: MeterId; readonly batches: MeterBillingState['batches'] }
  readonly key: MeterKey
} {
  const meterStore = MeterStore.open(meterFolder, systemRng, false)
  const billingStore = BillingStore.open(meterFolder, systemRng, false)
  try {
    const { identity } = meterStore
    const endOf = (at: Slot) => millis((at + 1) * terms.slotSeconds * 1000)
    const begun = [
      { kind: 'terms', ...terms },
      { kind: 'from', slot: from }
    ] as const
    const read = readerOf(recipe)
    const config = { identity, terms, rng: systemRng }
    let state = createMeterBilling(config, { keys: billingStore.keys, journal: begun }, millis(from * terms.slotSeconds * 1000))
    for (let at = from; at < until; at = (at + 1) as Slot) {
      const values = read(household, at, terms.lanes)?.map(BigInt)
      const inputs: MeterBillingInput[] = [...(values ? [{ type: 'reading' as const, slot: at, values }] : []), { type: 'tick' }]
      for (const input of inputs) ({ state } = stepMeterBilling(state, input, endOf(at)))
    }
    const paired = pairCustomer(state, endOf((until - 1) as Slot))
    billingStore.keepKeys(paired.state.keys)
    billingStore.replace(billingRecords(paired.state))
    return { meter: { id: identity.id, batches: paired.state.batches }, key: paired.key }
  } finally {
    billingStore.close()
    meterStore.close()
  }
}

/** Trades a code for the meter's key, as its customer does at the meter. */
function pairCustomer(before: MeterBillingState, now: Millis): { readonly state: MeterBillingState; readonly key: MeterKey } {
  const { code, ticket } = newPairingTicket(systemRng)
  const customer = IdentityKey.generate(systemRng).id
  const request = { from: customer, bytes: encodeHomeRequest({ type: 'pair', code }), ticket, token: 0 }
  const { state, outputs } = stepMeterBilling(before, { type: 'request', ...request }, now)
  const answered = outputs.find(output => output.type === 'reply')
  const reply = answered && decodeHomeReply(answered.bytes)
  if (reply?.type !== 'paired') throw new Error('expected the meter to pair the customer that has its code')
  return { state, key: { epoch: reply.epoch, key: reply.key } }
}

/** Gives the billing terms of the demonstration: meters seal a local day at a time. */
export function demoTerms(slotSeconds: number, lanes: BillingTerms['lanes']): BillingTerms {
  return { slotSeconds, lanes, period: 'day', timeZone: TIME_ZONE }
}
