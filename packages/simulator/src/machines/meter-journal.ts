import type { MeterRecord } from '@hushgrid/dcnet'

/** Records of so many slots are kept, and the rosters of two epochs (`MeterJournal`). */
const KEPT_JOURNAL_SLOTS = 6

/** The records of the last slots and the last two rosters, in their order. */
export function trimmedJournal(journal: readonly MeterRecord[]): MeterRecord[] {
  const newest = Math.max(...journal.map(record => (record.kind === 'roster' ? -1 : record.slot)))
  let rosters = journal.filter(record => record.kind === 'roster').length
  return journal.filter(record => (record.kind === 'roster' ? rosters-- <= 2 : record.slot > newest - KEPT_JOURNAL_SLOTS))
}

/** A backup from before the last slot of which there are records. */
export function rolledBackJournal(journal: readonly MeterRecord[]): MeterRecord[] {
  const newest = Math.max(...journal.map(record => (record.kind === 'roster' ? -1 : record.slot)))
  return journal.filter(record => record.kind === 'roster' || record.slot < newest)
}
