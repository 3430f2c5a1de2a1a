// A meter's state where it hangs on the clock: what is put off until the time is known, and moved where an answer moves it.
import { type Millis, type Slot, slotAt } from '@hushgrid/primitives'
import { adjustedNow, askTimeIfDue } from '../protocol/protocol-clock.ts'
import type { MeterContext, MeterCore } from './core.ts'

/** End of the slots that a lost journal may have forgotten while the time is not known: beyond every slot. */
const NO_TELLING = Number.MAX_SAFE_INTEGER as Slot

/** Counts every slot up to the one that ends next as possibly submitted, and finished: the journal is lost (section 6). */
export function forgetWhatWasSent(state: MeterCore, now: Millis): void {
  state.finishedThrough = state.clock.known ? slotAt(now, state.config.slotSeconds) : NO_TELLING
  state.unknownThrough = state.finishedThrough
}

/** Asks for the time where that is due. @returns the time by the clock as this step leaves it */
export function keepTime(context: MeterContext): Millis {
  const { state, now, out } = context
  askTimeIfDue(context)
  const then = adjustedNow(out, now)
  for (const delivery of state.deliveries.values()) delivery.nextAt = (delivery.nextAt + then - now) as Millis
  if (state.clock.known && state.unknownThrough === NO_TELLING) forgetWhatWasSent(state, then)
  return then
}
