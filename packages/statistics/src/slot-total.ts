// Totals of slots as a supplier analyses them, with the lanes that are withheld.
import { InvalidArgumentError, type SlotSums, type Withheld } from '@hushgrid/primitives'

/** A neighbourhood's total of one slot, as the store hands it to a supplier's analyst. A lost slot has no row. */
export interface SlotTotalRow {
  /** Number of the slot, floor(unixSeconds / slotSeconds). */
  readonly slot: number
  /** Wh by OBIS code, summed over the contributors; a lane that is withheld, or not there, has no total. */
  readonly lanes: SlotSums
  /** Meters whose readings are in the total. */
  readonly contributors: number
  /** Members of the neighbourhood whose readings are missing from it. */
  readonly missing: number
}

/** A half-open range of slots: [from, until). */
export interface SlotRange {
  readonly from: number
  readonly until: number
}

/** One slot's energy in one lane. */
export interface LaneTotal {
  readonly slot: number
  readonly energy: bigint
  readonly contributors: number
}

/** One lane over a range, in order of time. */
export interface LaneTotals {
  readonly range: SlotRange
  readonly totals: readonly LaneTotal[]
  /** Number of slots in which the lane is withheld, and the last reason. */
  readonly withheld: number
  readonly lastWithheld: Withheld | undefined
}

/**
 * Takes one lane of rows in any order, sorted by time and cut to a range.
 *
 * @param range - the slots to take; without one, from the first row to the last
 * @throws InvalidArgumentError where a slot has two rows, a row's numbers cannot be, or the range ends before it starts
 */
export function laneTotals(rows: Iterable<SlotTotalRow>, lane: string, range?: SlotRange): LaneTotals {
  const bySlot = new Map<number, LaneTotal | Withheld | undefined>()
  for (const row of rows) {
    checkRow(row)
    if (bySlot.has(row.slot)) throw new InvalidArgumentError('rows', 'one row a slot', `two rows of slot ${row.slot}`)
    const { slot, contributors } = row
    const sum = Object.hasOwn(row.lanes, lane) && contributors > 0 ? row.lanes[lane] : undefined
    bySlot.set(slot, typeof sum === 'bigint' ? { slot, energy: sum, contributors } : sum)
  }
  const slots = [...bySlot.keys()].sort((a, b) => a - b)
  const within = range ?? { from: slots[0] ?? 0, until: (slots.at(-1) ?? -1) + 1 }
  if (!Number.isSafeInteger(within.from) || !Number.isSafeInteger(within.until) || within.from > within.until)
    throw new InvalidArgumentError('range', 'slots [from, until) with from at most until', `[${within.from}, ${within.until})`)
  const known = slots.flatMap(slot => (slot >= within.from && slot < within.until ? (bySlot.get(slot) ?? []) : []))
  const totals = known.filter(each => 'energy' in each)
  const withheld = known.filter(each => 'needed' in each)
  return { range: within, totals, withheld: withheld.length, lastWithheld: withheld.at(-1) }
}

function checkRow(row: SlotTotalRow): void {
  const counts = { slot: row.slot, contributors: row.contributors, missing: row.missing }
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError(name, 'a whole number from 0 on', String(value))
  }
}

/**
 * Gives Wh as a number, for statistics.
 *
 * @throws InvalidArgumentError beyond ±(2^53 − 1) Wh, where numbers are no longer exact
 */
export function wattHours(energy: bigint): number {
  const number = Number(energy)
  if (!Number.isSafeInteger(number)) throw new InvalidArgumentError('total', 'at most 2^53 - 1 Wh a slot', 'more than that')
  return number
}
