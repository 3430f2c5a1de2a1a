// A meter's blinding keys over the seasons (PROTOCOL.md sections 2 and 8): the next season's is enrolled early in this one,
// and what is over is erased.
import { type Millis, millis, type Slot, slotTimes } from '@hushgrid/primitives'
import { ANSWERED_SLOTS, type HeldRoster } from '../../roster/book.ts'
import { ENROLMENT_SLOTS } from '../../roster/credential.ts'
import type { MeterContext, MeterCore } from '../core.ts'

/** Slots for which an epoch's keys are kept with private masks, since blame needs them. */
const KEPT_EPOCH_SLOTS = 2

/** Draws the time for enrolling the next season's key, where that is still to be done. */
export function planNextKey(state: MeterCore, now: Millis): void {
  const roster = state.book.latest?.roster
  if (!roster || state.credentials.has(roster.season + 1)) {
    state.keyDueAt = undefined
    return
  }
  const { slotSeconds, rng } = state.config
  const from = Math.max(now, slotTimes(roster.seasonFirstSlot, slotSeconds).start)
  const enrolmentSlots = Math.min(ENROLMENT_SLOTS, Math.floor((roster.seasonEndSlot - roster.seasonFirstSlot) / 2))
  const until = slotTimes((roster.seasonFirstSlot + enrolmentSlots) as Slot, slotSeconds).start
  const [a = 0, b = 0, c = 0, d = 0] = rng.bytes(4)
  const share = (((a * 256 + b) * 256 + c) * 256 + d) / 2 ** 32
  state.keyDueAt = millis(Math.floor(from + share * Math.max(0, until - from)))
}

/** Says that the next season's key is to be enrolled, and again a slot later where that did not come about. */
export function keyIfDue({ state, now, out }: MeterContext): void {
  if (state.keyDueAt === undefined || now < state.keyDueAt) return
  state.keyDueAt = millis(now + state.config.slotSeconds * 1000)
  out.push({ type: 'key-due', season: state.season + 1 })
}

/** Erases the keys of epochs and seasons whose slots are over. */
export function eraseKeys(state: MeterCore, now: Millis): void {
  const { slotSeconds } = state.config
  const isOver = (held: HeldRoster, kept: number): boolean => now >= slotTimes((state.book.lastSlot(held) + kept) as Slot, slotSeconds).over
  for (const [number, { held, masks, privateMasks }] of state.epochs) {
    if (!isOver(held, held.roster.hasPrivateMasks ? KEPT_EPOCH_SLOTS : 0)) continue
    masks.erase()
    privateMasks?.erase()
    state.epochs.delete(number)
  }
  const { held } = state.book
  // Seasons may be shorter than the time for which their edges may be asked for, so that several are kept.
  const over = held.findLast(
    (each, i) => held[i + 1]?.roster.season !== each.roster.season && isOver(each, each.roster.hasPrivateMasks ? ANSWERED_SLOTS : 0)
  )
  const [oldest] = held
  if (oldest) state.keys.eraseBefore(over ? over.roster.season + 1 : oldest.roster.season)
}
