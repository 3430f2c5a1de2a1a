// A bill as it comes in to a supplier, and the facts about it once its proof holds.
import type { MeterId } from '@hushgrid/primitives'
import type { Bill } from '../bill/bill.ts'
import { decodeBill } from '../bill/encoding.ts'
import { BillRejectedError } from '../errors.ts'

/** Most bytes of a bill. A month of quarter-hours in two lanes has 190 kB. */
export const MAX_BILL_BYTES = 1 << 22

/** Slots of a billing period: [from, until). */
interface BilledSlots {
  readonly from: number
  readonly until: number
}

/** A bill as it came in, with the supplier's knowledge of it. */
export interface OfferedBill {
  /** Bytes that `encodeBill` made. */
  readonly bill: Uint8Array
  /** Key of the household's meter, which signs its batches; without it, that of the meter that the bill names. */
  readonly meterKey?: MeterId
  /** Period that is billed; without it, the bill's own. */
  readonly period?: BilledSlots
  /** Name of the tariff; without it, the tariff is found by the bill's prices. */
  readonly tariff?: string
}

/** A bill whose proof holds. */
export interface CheckedBill {
  readonly period: BilledSlots
  /** Name of the published tariff that the bill follows. */
  readonly tariff: string
  /** SHA-256 of that tariff's text, as UTF-8. */
  readonly tariffHash: Uint8Array
  /** Exact amount, in `unit`; negative where feed-in outweighs the rest. Within ±2^255. */
  readonly amount: bigint
  /** Unit of the amount: the tariff's own, such as `hundred-thousandths of a penny`. */
  readonly unit: string
  /** Slots of the period that the meter signed as gaps, for which nothing is charged. */
  readonly gaps: number
  /** The bill as the customer sent it, with its proof; 1 byte to {@link MAX_BILL_BYTES}. */
  readonly bill: Uint8Array
  /** Mark that the proof was checked. */
  readonly verified: true
}

/** A bill that holds, and the meter that measured it. */
export interface ProvenBill {
  readonly meter: MeterId
  readonly checked: CheckedBill
}

/**
 * Decodes a bill that came from outside.
 *
 * @throws BillRejectedError for bytes that are no bill, or too long
 */
export function decodeOffered(bytes: Uint8Array): Bill {
  if (bytes.byteLength > MAX_BILL_BYTES)
    throw new BillRejectedError('encoding', `expected at most ${MAX_BILL_BYTES} bytes, got ${bytes.byteLength}`)
  return decodeBill(bytes)
}
