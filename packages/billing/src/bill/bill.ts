// Bills that a customer computes and a supplier checks without a reading (Danezis et al., "Privacy-friendly smart
// metering"): commitments that the meter signed, the amount, and one opening for the whole.
import { ed25519Verifier, equalBytes, type MeterId, type Slot, toHex, type VerifierOf } from '@hushgrid/primitives'
import type { Scalar } from '@hushgrid/primitives/group'
import type { OpenedBatch } from '../batch/batch.ts'
import { isWithin, VALUE_BITS } from '../commitments/commitment.ts'
import { BillRejectedError } from '../errors.ts'
import { type CommittedBatch, committedBatch, openCombination, verifyCombination } from './combination.ts'
import { type BillPrices, billWeights, checkPeriod, spanText } from './coverage.ts'

/**
 * What a customer sends to the supplier for a period.
 *
 * It reveals the amount, the slots without a reading, and nothing else: the commitments hide the readings whatever the
 * supplier can compute, and the opening is random but for the equation it satisfies. The amount itself is information
 * that no protocol for bills can hide. With one price it is the consumption of the period, to the Wh, since it is exact;
 * with few slots it can be the readings themselves, and with prices far apart its digits can give the consumption at
 * each. Two bills of the same slots at different prices, or of periods that differ in a slot, are two equations: a
 * supplier that could ask for bills under tariffs of its choice would learn the load curve, so a customer computes one
 * bill a period, under the tariff that was agreed before it.
 */
export interface Bill {
  readonly meterId: MeterId
  /** First slot of the period. */
  readonly from: Slot
  /** Slot after the period's last. */
  readonly until: Slot
  /** Hash of the tariff's prices for the period, 32 bytes. */
  readonly tariffHash: Uint8Array
  /** Amount in the tariff's unit, with standing charges; not rounded. Negative where the customer is paid. */
  readonly amount: bigint
  /** o = Σ π·r modulo the group's order. */
  readonly opening: Scalar
  /** Batches in the order of their slots. */
  readonly batches: readonly CommittedBatch[]
}

/** Facts that a supplier learns of a bill that holds. */
export interface VerifiedBill {
  /** Amount in the tariff's unit. */
  readonly amount: bigint
  /** Slots of the period that the meter signed as gaps, which cost nothing. */
  readonly gaps: number
}

/** Batches and prices that a customer computes a bill of. */
export interface BillOrder {
  /** Batches of one meter, in any order; together they have all slots of the period, each once. */
  readonly batches: readonly OpenedBatch[]
  readonly prices: BillPrices
}

function checkAmount(amount: bigint): bigint {
  if (!isWithin(amount, VALUE_BITS - 1))
    throw new BillRejectedError('amount', `expected an integer between ±2^${VALUE_BITS - 1}, got one beyond`)
  return amount
}

/**
 * Computes the exact bill of a period, and its proof.
 *
 * @throws BillRejectedError as {@link verifyBill} would, where the batches do not make up the period
 */
export function makeBill({ batches, prices }: BillOrder): Bill {
  const ordered = [...batches].sort((a, b) => a.header.firstSlot - b.header.firstSlot)
  const headers = ordered.map(batch => batch.header)
  const [first] = headers
  if (!first) throw new BillRejectedError('coverage', 'expected batches of the period, got none')
  checkPeriod(headers, first.meterId, prices)
  const { value, opening } = openCombination(ordered, billWeights(prices))
  return {
    meterId: first.meterId,
    from: prices.from,
    until: prices.until,
    tariffHash: prices.tariffHash,
    amount: checkAmount(value + prices.fixed),
    opening,
    batches: ordered.map(committedBatch)
  }
}

/** @throws BillRejectedError with fault `meter`, `period` or `tariff` */
function checkTerms(bill: Bill, prices: BillPrices, meter: MeterId): void {
  if (bill.meterId !== meter) throw new BillRejectedError('meter', `expected meter ${meter}, got ${bill.meterId}`)
  if (bill.from !== prices.from || bill.until !== prices.until) {
    const text = ({ from, until }: Pick<Bill, 'from' | 'until'>): string => spanText(from, until, prices.slotSeconds)
    throw new BillRejectedError('period', `expected ${text(prices)}, got ${text(bill)}`)
  }
  if (!equalBytes(bill.tariffHash, prices.tariffHash)) {
    const got = `got ${toHex(bill.tariffHash)}`
    throw new BillRejectedError('tariff', `expected prices with hash ${toHex(prices.tariffHash)}, ${got}`)
  }
}

/**
 * Checks a bill for the supplier: meter, period and tariff are the expected ones, every slot of the period is there
 * once, the meter signed the commitments and gaps, and Σ π·C = (amount − fixed)·G + o·H.
 *
 * @param prices - the supplier's own prices of the tariff for the period
 * @param meter - the meter that is billed
 * @throws BillRejectedError, whose fault names what failed; WeakKeyError where the meter's id is no key that may be trusted
 */
export function verifyBill(bill: Bill, prices: BillPrices, meter: MeterId, verifierOf: VerifierOf = ed25519Verifier): VerifiedBill {
  checkTerms(bill, prices, meter)
  const gaps = checkPeriod(
    bill.batches.map(batch => batch.header),
    meter,
    prices
  )
  const opening = { value: checkAmount(bill.amount) - prices.fixed, opening: bill.opening }
  verifyCombination(bill.batches, billWeights(prices), opening, meter, prices.slotSeconds, verifierOf)
  return { amount: bill.amount, gaps }
}
