// The whole path of a bill, from a meter's readings to the supplier's check; each party has no more than its own.
import { IdentityKey, type ObisCode, type Rng, type Slot } from '@hushgrid/primitives'
import { openBatch, sealBatch } from '../batch/batch.ts'
import { decodeBatch, encodeBatch } from '../batch/encoding.ts'
import type { BatchSpan } from '../batch/period.ts'
import { type Bill, makeBill, verifyBill } from '../bill/bill.ts'
import type { BillPrices } from '../bill/coverage.ts'
import { decodeBill, encodeBill } from '../bill/encoding.ts'

/** A household's readings, from any source. */
export interface BilledReadings {
  readonly slotSeconds: number
  /** Lanes that were measured, in the order of their values. */
  readonly lanes: readonly ObisCode[]
  readonly firstSlot: Slot
  readonly slots: number
  /** Wh of each lane; undefined where there is no reading. */
  readonly at: (slot: Slot) => readonly bigint[] | undefined
}

/** Real milliseconds of each step. */
interface BillTimes {
  /** Meter: derives, encrypts, commits, signs. */
  readonly seal: number
  /** Customer: decrypts, commits again, checks the signatures. */
  readonly open: number
  /** Customer: the bill and its opening. */
  readonly compute: number
  /** Supplier: decodes and checks. */
  readonly verify: number
}

/** Outcome of a path. */
export interface BillPath {
  readonly meter: IdentityKey
  readonly bill: Bill
  readonly billBytes: Uint8Array
  readonly times: BillTimes
  /** Sizes of the batches as the store keeps them. */
  readonly sizes: BatchSizes
  readonly readings: number
  readonly gaps: number
}

/** Bytes of a meter's messages for a period. */
export interface BatchSizes {
  readonly batches: number
  /** Bytes of the readings, 8 each. */
  readonly readings: number
  /** Bytes that name the slots, meter and lanes. */
  readonly slots: number
  readonly signature: number
  readonly total: number
}

/** Measures the bytes of batches. */
export function sizesOf(batches: readonly Uint8Array[], readings: number, signature: number): BatchSizes {
  const total = batches.reduce((sum, bytes) => sum + bytes.byteLength, 0)
  const [ofReadings, ofSignatures] = [8 * readings, batches.length * signature]
  return { batches: batches.length, readings: ofReadings, signature: ofSignatures, slots: total - ofReadings - ofSignatures, total }
}

/** Tools of a path: randomness for the keys, and a clock in milliseconds for the times. */
export interface BillPathTools {
  readonly rng: Rng
  readonly now: () => number
}

/** Takes one household's readings all the way, under keys drawn for it. */
export function runBill(of: BilledReadings, spans: readonly BatchSpan[], prices: BillPrices, { rng, now }: BillPathTools): BillPath {
  const timed = <T>(work: () => T): { readonly value: T; readonly ms: number } => {
    const from = now()
    const value = work()
    return { value, ms: now() - from }
  }
  const { slotSeconds, lanes } = of
  const meter = IdentityKey.generate(rng)
  const key = rng.bytes(32)
  const sealed = timed(() =>
    spans.map(({ from, until }) => {
      const readings = Array.from({ length: until - from }, (_, i) => of.at((from + i) as Slot))
      return sealBatch({ identity: meter, key, slotSeconds, firstSlot: from, lanes, readings }).batch
    })
  )
  const stored = sealed.value.map(encodeBatch)
  const opened = timed(() => stored.map(bytes => openBatch(decodeBatch(bytes), key)))
  const made = timed(() => {
    const bill = makeBill({ batches: opened.value, prices })
    return { bill, bytes: encodeBill(bill) }
  })
  const checked = timed(() => verifyBill(decodeBill(made.value.bytes), prices, meter.id))
  const readings = opened.value.reduce((sum, batch) => sum + batch.openings.length, 0)
  return {
    meter,
    bill: made.value.bill,
    billBytes: made.value.bytes,
    times: { seal: sealed.ms, open: opened.ms, compute: made.ms, verify: checked.ms },
    sizes: sizesOf(stored, readings, sealed.value[0]?.signature.byteLength ?? 0),
    readings,
    gaps: checked.value.gaps
  }
}
