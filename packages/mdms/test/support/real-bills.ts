// Bills as customers make them, from readings that a meter sealed.
import { type Bill, makeBill, openBatch, parseTariff, sealBatch } from '@hushgrid/billing'
import { EXPORT_LANE, IdentityKey, IMPORT_LANE, type MeterId, SeededRng, type Slot, sha256, utf8 } from '@hushgrid/primitives'

/** Prices of two bands, a standing charge and feed-in. */
export const TARIFF_TEXT = `name: evening
currency: EUR
timeZone: UTC
standingCharge: "30.00"
import:
  kind: time-of-use
  prices: {day: "20.50", evening: "41"}
  otherwise: day
  rules:
    - band: evening
      hours: [17:00-21:00]
export:
  kind: flat
  price: "7"
`

export interface House {
  readonly meterKey: MeterId
  /** Wh of a slot, import and export. */
  readonly readings: (slot: number) => readonly bigint[] | undefined
  readonly bill: (from: number, until: number, tariff?: string) => Bill
}

/**
 * @param gap - a slot that the meter has no reading of
 */
export function house(name: string, slotSeconds: number, gap?: number): House {
  const identity = IdentityKey.generate(new SeededRng(`${name} identity`))
  const key = sha256(utf8(`${name} key`))
  const readings = (slot: number) => (slot === gap ? undefined : [BigInt(100 + ((slot * 37) % 211)), BigInt(slot % 3)])
  const bill = (from: number, until: number, tariff = TARIFF_TEXT): Bill => {
    const slots = Array.from({ length: until - from }, (_, i) => readings(from + i))
    const order = { identity, key, slotSeconds, firstSlot: from as Slot, lanes: [IMPORT_LANE, EXPORT_LANE], readings: slots }
    const opened = openBatch(sealBatch(order).batch, key)
    return makeBill({
      batches: [opened],
      prices: parseTariff(tariff, 'test').prices({ from: from as Slot, until: until as Slot, slotSeconds })
    })
  }
  return { meterKey: identity.id, readings, bill }
}
