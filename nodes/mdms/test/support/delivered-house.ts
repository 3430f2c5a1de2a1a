// A meter and its customer, as far as a supplier hears of them.
import { BillChecker, encodeBatch, encodeBill, makeBill, openBatch, parseTariff, sealBatch } from '@hushgrid/billing'
import type { HouseholdBill, Store } from '@hushgrid/mdms'
import { IdentityKey, IMPORT_LANE, SeededRng, type Slot, sha256, utf8 } from '@hushgrid/primitives'

export const SLOT_SECONDS = 3600
/** 2026-03-02, in slots of an hour. */
export const FROM = Date.UTC(2026, 2, 2) / 3_600_000
export const UNTIL = FROM + 24

/** A tariff's text. */
export const tariffText = (name: string, price: string): string =>
  `name: ${name}\ncurrency: EUR\ntimeZone: UTC\nimport:\n  kind: flat\n  price: "${price}"\n`

/** A dynamic tariff's text. */
export const DYNAMIC = `name: windy
currency: EUR
timeZone: UTC
import:
  kind: dynamic
  prices: {low: "5", high: "60"}
`

export interface Period {
  readonly from?: number
  readonly until?: number
  readonly slotSeconds?: number
}

/** A household; all that is of the same name is the same. */
export class House {
  readonly meter: IdentityKey
  readonly customer: IdentityKey
  readonly #key: Uint8Array

  constructor(name: string) {
    this.meter = IdentityKey.generate(new SeededRng(`${name} meter`))
    this.customer = IdentityKey.generate(new SeededRng(`${name} customer`))
    this.#key = sha256(utf8(`${name} key`))
  }

  #seal(more: bigint, { from = FROM, until = UNTIL, slotSeconds = SLOT_SECONDS }: Period) {
    const readings = Array.from({ length: until - from }, (_, i) => [BigInt(100 + ((i * 37) % 211)) + (i === 5 ? more : 0n)])
    return sealBatch({ identity: this.meter, key: this.#key, slotSeconds, firstSlot: from as Slot, lanes: [IMPORT_LANE], readings }).batch
  }

  /** @param more - Wh that the sixth reading has beyond what it was */
  batch(more = 0n, period: Period = {}): Uint8Array {
    return encodeBatch(this.#seal(more, period))
  }

  /**
   * @param tariff - its text
   * @param less - units that the amount is short of
   */
  bill(
    tariff: string,
    less = 0n,
    period: Period = {},
    bands?: Parameters<ReturnType<typeof parseTariff>['prices']>[0]['bands']
  ): Uint8Array {
    const { from = FROM, until = UNTIL, slotSeconds = SLOT_SECONDS } = period
    const prices = parseTariff(tariff, 'test').prices({ from: from as Slot, until: until as Slot, slotSeconds, ...(bands && { bands }) })
    const made = makeBill({ batches: [openBatch(this.#seal(0n, period), this.#key)], prices })
    return encodeBill({ ...made, amount: made.amount - less })
  }
}

/** Checks a bill by the store's tariffs, and puts it in the store. */
export async function takeBill(
  store: Store,
  { bill, ...of }: Pick<HouseholdBill, 'network' | 'household' | 'received' | 'bill'>
): Promise<void> {
  const { tariffs } = await store.readTerms()
  const { checked } = new BillChecker({ slotSeconds: SLOT_SECONDS, tariffs }).check({ bill })
  await store.recordBill({ ...checked, ...of })
}
