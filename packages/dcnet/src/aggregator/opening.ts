import type { Slot } from '@hushgrid/primitives'
import { recoveryOf } from '../recovery-modes.ts'
import type { HeldRoster } from '../roster/book.ts'
import type { AggregatorState, OpenSlot } from './state.ts'

/** Gives a slot that has not ended, and opens it where nothing has come for it yet. */
export function openSlot(state: AggregatorState, slot: Slot, held: HeldRoster): OpenSlot {
  let open = state.open.get(slot)
  if (!open) {
    const recovery = recoveryOf(held.roster).aggregator()
    open = { held, submissions: new Array(held.roster.n), count: 0, hinted: false, recovery }
    state.open.set(slot, open)
  }
  return open
}
