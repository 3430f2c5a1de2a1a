// Lost slots, counted as in the lab and its reports: each slot without a total, also one of which no result has come.
import type { LostSlot, SlotTotal } from '@hushgrid/mdms'
import type { SlotRange } from '@hushgrid/statistics'
import type { Question } from '../view.ts'

/** A slot without a total; one of which nothing came has neither mode nor hash. */
export interface LostSlotRow extends Pick<LostSlot, 'slot' | 'reason'>, Partial<Pick<LostSlot, 'mode' | 'resultHash'>> {}

const NOTHING_CAME = 'no result has come'

/** Results of a question. */
export interface Results {
  /** Slots asked about, from the network's first result to its last; empty where it has none of then. */
  readonly range: SlotRange
  readonly totals: SlotTotal[]
  readonly lost: readonly LostSlotRow[]
}

/**
 * Reads totals and lost slots. The network's first and last result bound what is lost, not those of the times asked about:
 * a day without a single result is lost, and each slot counts alike whatever times are asked about.
 */
export async function resultsOf({ store, actor, network: { network }, range: asked }: Question): Promise<Results> {
  const totals = await store.readTotals(actor, network, asked)
  const recorded = await store.readLostSlots(actor, network, asked)
  const range = cut(asked, await store.readResultRange(actor, network))
  return { range, totals, lost: lostSlots(totals, recorded, range) }
}

/** Lists the lost slots of a range, in order. A slot with a withheld lane has a total, and is not one. */
export function lostSlots(totals: readonly SlotTotal[], lost: readonly LostSlot[], { from, until }: SlotRange): LostSlotRow[] {
  const counted = new Set<number>(totals.map(({ slot }) => slot))
  const known = new Map<number, LostSlot>(lost.map(each => [each.slot, each]))
  return Array.from({ length: until - from }, (_, i) => (from + i) as LostSlot['slot'])
    .filter(slot => !counted.has(slot))
    .map(slot => known.get(slot) ?? { slot, reason: NOTHING_CAME })
}

function cut(asked: SlotRange, known: SlotRange): SlotRange {
  const from = Math.max(asked.from, known.from)
  return { from, until: Math.max(from, Math.min(asked.until, known.until)) }
}
