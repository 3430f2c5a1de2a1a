import type { MeterRecord } from '@hushgrid/dcnet'

/** Slots whose records are kept, with the rosters of two epochs (`MeterJournal`). */
const KEPT_JOURNAL_SLOTS = 6

/** Keeps the records of the last slots and the last two rosters, in their order. */
export function trimmedJournal(journal: readonly MeterRecord[]): MeterRecord[] {
  const newest = Math.max(...journal.map(record => (record.kind === 'roster' ? -1 : record.slot)))
  let rosters = journal.filter(record => record.kind === 'roster').length
  return journal.filter(record => (record.kind === 'roster' ? rosters-- <= 2 : record.slot > newest - KEPT_JOURNAL_SLOTS))
}

/** Gives a backup from before the last slot that has records. */
export function rolledBackJournal(journal: readonly MeterRecord[]): MeterRecord[] {
  const newest = Math.max(...journal.map(record => (record.kind === 'roster' ? -1 : record.slot)))
  return journal.filter(record => record.kind === 'roster' || record.slot < newest)
}
