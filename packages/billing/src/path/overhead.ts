// Overhead of signing and batching on a meter's readings, beside the figures that Danezis et al. published for their prototype.
import { IdentityKey, type Rng, type Slot } from '@hushgrid/primitives'
import { sealBatch } from '../batch/batch.ts'
import { encodeBatch } from '../batch/encoding.ts'
import { BATCH_PERIODS, type BatchPeriod } from '../batch/period.ts'
import { type BatchSizes, type BilledReadings, sizesOf } from './bill-path.ts'

/** Days of a full batch. */
const DAYS: Readonly<Record<BatchPeriod, number>> = { day: 1, week: 7, month: 30 }
const DAY_SECONDS = 86_400
/**
 * Overhead in % of half-hourly readings of 8 bytes with a signature of 256 bytes: Danezis et al., "Privacy-friendly
 * smart metering", Microsoft Research.
 */
export const PUBLISHED_OVERHEADS: Readonly<Record<BatchPeriod, number>> = { day: 66.7, week: 9.6, month: 2.2 }

/** One full batch: its bytes, and their share of the readings. */
export interface Overhead extends BatchSizes {
  readonly batching: BatchPeriod
  readonly count: number
  /** Bytes besides the readings, in % of the readings. */
  readonly percent: number
}

/** Measures batches that are really made, for each length that there are enough readings for. */
export function overheadsOf(of: BilledReadings, rng: Rng): Overhead[] {
  const { slotSeconds, lanes, firstSlot, slots } = of
  return BATCH_PERIODS.flatMap(batching => {
    const wanted = (DAYS[batching] * DAY_SECONDS) / slotSeconds
    // Accepts February's 28 days.
    const length = batching === 'month' ? Math.min(wanted, slots) : wanted
    if (length > slots || (batching === 'month' && length < (28 * DAY_SECONDS) / slotSeconds)) return []
    const readings = Array.from({ length }, (_, i) => of.at((firstSlot + i) as Slot))
    const { batch } = sealBatch({ identity: IdentityKey.generate(rng), key: rng.bytes(32), slotSeconds, firstSlot, lanes, readings })
    const count = batch.ciphertexts.byteLength / 8
    const sizes = sizesOf([encodeBatch(batch)], count, batch.signature.byteLength)
    return [{ batching, count, ...sizes, percent: (100 * (sizes.total - sizes.readings)) / sizes.readings }]
  })
}
