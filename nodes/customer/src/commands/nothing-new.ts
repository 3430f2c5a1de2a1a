// The answer to a customer who fetches when there is nothing to fetch yet.
import type { ReadingBatch } from '@hushgrid/billing'
import { formatUtc } from '@hushgrid/primitives'

/**
 * Says when the meter will have a batch that is not here yet: it seals none before its period is over.
 *
 * @param last - the batch kept last of this meter
 */
export function nothingNew(last: Pick<ReadingBatch, 'firstSlot' | 'slots' | 'slotSeconds'> | undefined): string {
  const rule = "the meter's day, week or month is over, at midnight in the home's time zone"
  if (!last) return `the meter has sealed none yet: the first comes when ${rule}`
  return `the last one ends at ${formatUtc((last.firstSlot + last.slots) * last.slotSeconds)}: the next comes when ${rule}`
}
