// Lost slots, counted as in the lab and its reports: each slot without a total, also one of which no result has come.
import type { LostSlot, SlotTotal } from '@hushgrid/mdms'
import type { SlotRange } from '@hushgrid/statistics'

/** A slot without a total; one of which nothing came has neither mode nor hash. */
export interface LostSlotRow extends Pick<LostSlot, 'slot' | 'reason'>, Partial<Pick<LostSlot, 'mode' | 'resultHash'>> {}

const NOTHING_CAME = 'no result has come'

/**
 * Lists the lost slots from the first result to the last, in order. A slot with a withheld lane has a total, and is not one.
 */
export function lostSlots(totals: readonly SlotTotal[], lost: readonly LostSlot[]): LostSlotRow[] {
  const counted = new Set<number>(totals.map(({ slot }) => slot))
  const known = new Map<number, LostSlot>(lost.map(each => [each.slot, each]))
  const { from, until } = resultRange(totals, lost)
  return Array.from({ length: until - from }, (_, i) => (from + i) as LostSlot['slot'])
    .filter(slot => !counted.has(slot))
    .map(slot => known.get(slot) ?? { slot, reason: NOTHING_CAME })
}

/** Gives the slots from the first result, a total or a loss, to the last; none where there is no result. */
export function resultRange(totals: readonly SlotTotal[], lost: readonly LostSlot[]): SlotRange {
  const [ends, more] = [
    [totals[0], totals.at(-1)],
    [lost[0], lost.at(-1)]
  ].map(each => each.flatMap(row => row?.slot ?? []))
  const slots = [...(ends ?? []), ...(more ?? [])]
  return slots.length === 0 ? { from: 0, until: 0 } : { from: Math.min(...slots), until: Math.max(...slots) + 1 }
}
