import { type Millis, millis, utf8 } from '@hushgrid/primitives'
import { type Context, type Retained, readNetworks, retentionMark } from '../database/context.ts'
import type { Transaction } from '../database/database.ts'

/** Ages by default: two years for totals, three for billing periods, a year for readings, in milliseconds. */
export const DEFAULT_RETENTION = {
  totals: 731 * 86_400_000,
  consumption: 1_096 * 86_400_000,
  readings: 366 * 86_400_000
} as const satisfies Record<Retained, number>
/** Tables that retention deletes from. */
export const RETAINED = [
  'results',
  'result_conflicts',
  'consumption',
  'consumption_conflicts',
  'bills',
  'reading_batches',
  'household_conflicts'
] as const

/** Numbers of rows that a run of the retention deleted. */
export interface Deleted {
  /** Totals and lost slots. */
  readonly results: number
  readonly consumption: number
  readonly bills: number
  /** Batches of encrypted readings. */
  readonly readings: number
  /** Evidence of second results, figures, bills and batches. */
  readonly conflicts: number
}

/**
 * Deletes records that ended before the configured age, and notes up to when, so that none of them is taken in again.
 *
 * @param now - protocol time
 */
export async function deleteOld({ limits }: Context, transaction: Transaction, now: Millis): Promise<Deleted> {
  const totals = await raiseMark(transaction, 'totals', millis(now) - limits.retention.totals)
  const consumption = await raiseMark(transaction, 'consumption', now - limits.retention.consumption)
  const readings = await raiseMark(transaction, 'readings', now - limits.retention.readings)
  const deleted = { results: 0, consumption: 0, bills: 0, readings: 0, conflicts: 0 }
  for (const { network, slotSeconds } of await readNetworks(transaction)) {
    // Finds the first slots that end after the mark.
    const slot = Math.floor(totals / (slotSeconds * 1000))
    const end = Math.floor(consumption / (slotSeconds * 1000))
    const lastBatch = Math.floor(readings / (slotSeconds * 1000))
    const ended = (table: string, until: number, more = '') =>
      transaction.run(`DELETE FROM ${table} WHERE network = ? AND period_until <= ? ${more}`, network, until)
    deleted.results += await transaction.run('DELETE FROM results WHERE network = ? AND slot < ?', network, slot)
    deleted.conflicts += await transaction.run('DELETE FROM result_conflicts WHERE network = ? AND slot < ?', network, slot)
    deleted.consumption += await ended('consumption', end)
    deleted.bills += await ended('bills', end)
    deleted.readings += await ended('reading_batches', lastBatch)
    deleted.conflicts += await ended('consumption_conflicts', end)
    deleted.conflicts += await ended('household_conflicts', end, "AND kind = 'bill'")
    deleted.conflicts += await ended('household_conflicts', lastBatch, "AND kind = 'readings'")
  }
  return deleted
}

/** Raises the mark only: a clock that goes back, or a longer age, does not bring anything back. */
async function raiseMark(transaction: Transaction, of: Retained, wanted: number): Promise<number> {
  const before = await retentionMark(transaction, of)
  if (wanted <= before) return before
  const name = `retention of ${of}`
  await transaction.run('DELETE FROM settings WHERE name = ?', name)
  await transaction.run('INSERT INTO settings (name, value) VALUES (?, ?)', name, utf8(String(wanted)))
  return wanted
}
