// A household whose meter seals batches, and prices to bill it with.
import { EXPORT_LANE, IdentityKey, IMPORT_LANE, type ObisCode, SeededRng, type Slot, sha256, utf8 } from '@hushgrid/primitives'
import { type OpenedBatch, openBatch, type ReadingBatch, sealBatch } from '../../src/batch/batch.ts'
import type { BillPrices } from '../../src/bill/coverage.ts'

export const SLOT_SECONDS = 1800
/** 2013-01-09T00:00:00Z in half-hours. */
export const FIRST = 754_272 as Slot
export const BOTH: readonly ObisCode[] = [IMPORT_LANE, EXPORT_LANE]

export interface Household {
  readonly identity: IdentityKey
  readonly key: Uint8Array
}

export function household(byte = 7): Household {
  return { identity: new IdentityKey(new Uint8Array(32).fill(byte)), key: new Uint8Array(32).fill(byte + 100) }
}

/** Readings in Wh, a slot each; every slot in `gaps` has none. */
export function readingsOf(seed: string, slots: number, lanes = 1, gaps: readonly number[] = []): (bigint[] | undefined)[] {
  const rng = new SeededRng(`household ${seed}`)
  return Array.from({ length: slots }, (_, i) => {
    const values = Array.from({ length: lanes }, () => BigInt(rng.below(3000)))
    return gaps.includes(i) ? undefined : values
  })
}

export function seal(
  { identity, key }: Household,
  readings: readonly (readonly bigint[] | undefined)[],
  firstSlot: number = FIRST,
  lanes: readonly ObisCode[] = [IMPORT_LANE]
): ReadingBatch {
  return sealBatch({ identity, key, slotSeconds: SLOT_SECONDS, firstSlot: firstSlot as Slot, lanes, readings }).batch
}

/** Sealed by the meter and opened by its customer. */
export function opened(
  of: Household,
  readings: readonly (readonly bigint[] | undefined)[],
  firstSlot: number = FIRST,
  lanes: readonly ObisCode[] = [IMPORT_LANE]
): OpenedBatch {
  return openBatch(seal(of, readings, firstSlot, lanes), of.key)
}

/** Three prices in turn for import, and one that is paid for export. */
export function pricesFor(from: number, until: number, changes: Partial<BillPrices> = {}): BillPrices {
  return {
    tariffHash: sha256(utf8(`three prices ${from} ${until}`)),
    from: from as Slot,
    until: until as Slot,
    slotSeconds: SLOT_SECONDS,
    fixed: 12_345_678n,
    lanes: [IMPORT_LANE],
    weights: (lane, slot) => (lane === IMPORT_LANE ? ([1176n, 399n, 6720n][slot % 3] as bigint) : -550n),
    ...changes
  }
}

/** What {@link pricesFor} bills, computed from the readings themselves. */
export function billed(
  prices: BillPrices,
  readings: readonly (readonly bigint[] | undefined)[],
  firstSlot: number,
  lanes: readonly ObisCode[]
): bigint {
  let amount = prices.fixed
  readings.forEach((values, i) => {
    const slot = (firstSlot + i) as Slot
    if (slot < prices.from || slot >= prices.until) return
    values?.forEach((value, lane) => {
      amount += value * prices.weights(lanes[lane] as ObisCode, slot)
    })
  })
  return amount
}
