import { type Millis, millis, utf8 } from '@hushgrid/primitives'
import { type Context, readNetworks, retentionMark } from './context.ts'
import type { Transaction } from './database.ts'

/** Ages that nobody has configured: two years of totals, three of household periods, in milliseconds. */
export const DEFAULT_RETENTION = { totals: 731 * 86_400_000, consumption: 1_096 * 86_400_000 } as const
/** Tables that retention deletes from. */
export const RETAINED = ['results', 'result_conflicts', 'consumption', 'consumption_conflicts'] as const

/** What a run of the retention deleted, in rows. */
export interface Deleted {
  /** Totals and lost slots. */
  readonly results: number
  readonly consumption: number
  /** Evidence of second results and figures. */
  readonly conflicts: number
}

/**
 * Deletes what ended before the configured age, and notes up to when, so that none of it is taken in again.
 *
 * @param now - protocol time
 */
export async function deleteOld({ limits }: Context, transaction: Transaction, now: Millis): Promise<Deleted> {
  const totals = await raiseMark(transaction, 'totals', millis(now) - limits.retention.totals)
  const consumption = await raiseMark(transaction, 'consumption', now - limits.retention.consumption)
  const deleted = { results: 0, consumption: 0, conflicts: 0 }
  for (const { network, slotSeconds } of await readNetworks(transaction)) {
    // The first slots that end after the mark.
    const slot = Math.floor(totals / (slotSeconds * 1000))
    const end = Math.floor(consumption / (slotSeconds * 1000))
    deleted.results += await transaction.run('DELETE FROM results WHERE network = ? AND slot < ?', network, slot)
    deleted.conflicts += await transaction.run('DELETE FROM result_conflicts WHERE network = ? AND slot < ?', network, slot)
    deleted.consumption += await transaction.run('DELETE FROM consumption WHERE network = ? AND period_until <= ?', network, end)
    deleted.conflicts += await transaction.run('DELETE FROM consumption_conflicts WHERE network = ? AND period_until <= ?', network, end)
  }
  return deleted
}

/** A clock that goes back, or a longer age, does not bring anything back. */
async function raiseMark(transaction: Transaction, of: 'totals' | 'consumption', wanted: number): Promise<number> {
  const before = await retentionMark(transaction, of)
  if (wanted <= before) return before
  const name = `retention of ${of}`
  await transaction.run('DELETE FROM settings WHERE name = ?', name)
  await transaction.run('INSERT INTO settings (name, value) VALUES (?, ?)', name, utf8(String(wanted)))
  return wanted
}
