// The readings that a bill counts, and their weights: the same for the customer who computes it and the supplier who checks.
import { type MeterId, type ObisCode, readableUtc, type Slot } from '@hushgrid/primitives'
import { type BatchHeader, batchEnd, readingPlaces } from '../batch/header.ts'
import { isPresent } from '../batch/presence.ts'
import { checkWeight } from '../commitments/commitment.ts'
import { BillRejectedError } from '../errors.ts'
import type { TariffPrices } from '../tariffs/tariff-prices.ts'

/** The part of a tariff's prices that a bill needs. */
export type BillPrices = Pick<TariffPrices, 'tariffHash' | 'from' | 'until' | 'slotSeconds' | 'fixed' | 'lanes' | 'weights'>

/** Weight of a reading, units per Wh; 0 where it is not counted. */
export type Weights = (lane: ObisCode, slot: Slot) => bigint

/** Most batches of a bill: ten years of days. */
export const MAX_BILL_BATCHES = 4096
/** Most slots of its batches together: two years of minutes. */
export const MAX_BILL_SLOTS = 1 << 20

/** Writes the slots [from, until) as people read them, in UTC; a bill that was forged may name moments that no calendar has. */
export function spanText(from: number, until: number, slotSeconds: number): string {
  return `${readableUtc(from * slotSeconds)} to ${readableUtc(until * slotSeconds)}`
}

/**
 * Makes sure that batches are of one meter and one length of slot, in the order of their slots, none twice or overlapping.
 *
 * @throws BillRejectedError with fault `meter`, `period`, `coverage` or `encoding`
 */
export function checkBatchOrder(headers: readonly BatchHeader[], meter: MeterId, slotSeconds: number): void {
  if (headers.length < 1 || headers.length > MAX_BILL_BATCHES)
    throw new BillRejectedError('encoding', `expected 1 to ${MAX_BILL_BATCHES} batches, got ${headers.length}`)
  const slots = headers.reduce((sum, header) => sum + header.slots, 0)
  if (slots > MAX_BILL_SLOTS) throw new BillRejectedError('encoding', `expected at most ${MAX_BILL_SLOTS} slots, got ${slots}`)
  headers.forEach((header, i) => {
    const batch = `batch ${i}, from slot ${header.firstSlot}`
    if (header.meterId !== meter) throw new BillRejectedError('meter', `${batch}: expected meter ${meter}, got ${header.meterId}`)
    if (header.slotSeconds !== slotSeconds)
      throw new BillRejectedError('period', `${batch}: expected slots of ${slotSeconds} s, got ${header.slotSeconds} s`)
    const before = headers[i - 1]
    if (before && header.firstSlot < batchEnd(before)) {
      const last = `the batch before it ends with slot ${batchEnd(before) - 1}`
      throw new BillRejectedError('coverage', `${batch}: expected every slot once and in order, got one again: ${last}`)
    }
  })
}

/**
 * Makes sure that every slot of the period is in exactly one batch, as a reading or as a gap that the meter signed, and
 * that every batch reaches into the period. The first and the last batch may reach beyond it, as a week does beyond a
 * month; readings outside count nothing.
 *
 * @throws BillRejectedError with fault `coverage`
 */
function checkCoverage(headers: readonly BatchHeader[], { from, until, slotSeconds }: BillPrices): void {
  let next = from
  headers.forEach((header, i) => {
    const end = batchEnd(header)
    if (end <= from || header.firstSlot >= until) {
      const got = `got ${spanText(header.firstSlot, end, slotSeconds)}`
      throw new BillRejectedError('coverage', `batch ${i}: expected slots of the period ${spanText(from, until, slotSeconds)}, ${got}`)
    }
    if (header.firstSlot > next)
      throw new BillRejectedError('coverage', `expected ${spanText(next, header.firstSlot, slotSeconds)} in a batch, got none`)
    next = end
  })
  if (next < until) throw new BillRejectedError('coverage', `expected ${spanText(next, until, slotSeconds)} in a batch, got none`)
}

/**
 * Makes sure that no batch lacks a lane with a price above zero: a customer would pay nothing for it. A lane that only
 * credits may be missing.
 */
function checkLanes(headers: readonly BatchHeader[], prices: BillPrices): void {
  for (const lane of prices.lanes) {
    for (const header of headers) {
      if (header.lanes.includes(lane)) continue
      const [start, end] = [Math.max(header.firstSlot, prices.from), Math.min(batchEnd(header), prices.until)]
      for (let slot = start; slot < end; slot++) {
        if (prices.weights(lane, slot as Slot) > 0n) {
          const got = header.lanes.join(', ')
          throw new BillRejectedError('lanes', `slot ${slot}: expected lane ${lane}, which the tariff charges for, got ${got}`)
        }
      }
    }
  }
}

/** Gives the tariff's weights in its period, 0 outside. */
export function billWeights(prices: BillPrices): Weights {
  return (lane, slot) => (slot >= prices.from && slot < prices.until ? prices.weights(lane, slot) : 0n)
}

/** Gives the weight of each reading of the batches, in order. */
export function weightsInOrder(headers: readonly BatchHeader[], weights: Weights): bigint[] {
  return headers.flatMap(header => [...readingPlaces(header)].map(({ lane, slot }) => checkWeight(weights(lane, slot))))
}

/** Counts the slots of the period that the meter signed as gaps: nothing is charged for them here. */
function countGaps(headers: readonly BatchHeader[], { from, until }: BillPrices): number {
  let gaps = 0
  for (const header of headers) {
    const [start, end] = [Math.max(header.firstSlot, from), Math.min(batchEnd(header), until)]
    for (let slot = start; slot < end; slot++) if (!isPresent(header.present, slot - header.firstSlot)) gaps++
  }
  return gaps
}

/**
 * Makes sure that batches have every slot of a period, each once.
 *
 * @returns how many slots of it are gaps
 * @throws BillRejectedError with fault `meter`, `period`, `coverage` or `lanes`
 */
export function checkPeriod(headers: readonly BatchHeader[], meter: MeterId, prices: BillPrices): number {
  checkBatchOrder(headers, meter, prices.slotSeconds)
  checkCoverage(headers, prices)
  checkLanes(headers, prices)
  return countGaps(headers, prices)
}
