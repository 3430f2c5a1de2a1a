// The key agreements of a season that is about to begin, made in slices before its first slot (PROTOCOL.md section 8), so
// that a meter with many neighbours, or a process with many meters, keeps up with the slots that run.
import { type Millis, millis, slotTimes } from '@hushgrid/primitives'
import type { HeldRoster } from '../roster/book.ts'
import type { MeterCore } from './core.ts'

/** Key agreements of one step: some 80 µs each on a laptop, 20 ms each on a small microcontroller. */
const SLICE = 8
/** Wait between two slices, ms. */
const PAUSE = 20

/** Tells whether a roster begins a season that is far enough ahead for its keys to be agreed on bit by bit. */
export function isAhead({ epochs }: MeterCore, { roster, from, stayOut }: HeldRoster, now: Millis): boolean {
  const { start, unit } = slotTimes(from, roster.slotSeconds)
  return !stayOut && now < start - unit && epochs.size > 0 && [...epochs.values()].every(({ held }) => held.roster.season < roster.season)
}

/** Notes a roster whose keys are agreed on from now on. */
export function prepare(state: MeterCore, held: HeldRoster, now: Millis): void {
  state.preparing = { held, at: now }
}

/**
 * Agrees on some more keys of the roster that is prepared.
 *
 * @returns the roster, once nothing is left to agree on or its first slot is a unit away, and it is to be taken up
 */
export function agreeSome(state: MeterCore, now: Millis): HeldRoster | undefined {
  const { preparing } = state
  if (!preparing || now < preparing.at) return undefined
  const { held } = preparing
  const { roster, from } = held
  const { start, unit } = slotTimes(from, roster.slotSeconds)
  const index = roster.indexOf(state.config.identity.id)
  const { secrets } = state.keys.make(roster.season)
  const left = (index === undefined ? [] : roster.neighbours(index))
    .filter(neighbour => !roster.isAbsent(neighbour))
    .map(neighbour => roster.blindingKey(neighbour))
    .filter(key => !secrets.has(key))
  if (now < start - unit) for (const key of left.slice(0, SLICE)) secrets.with(key)
  if (left.length <= SLICE || now >= start - unit) {
    state.preparing = undefined
    return held
  }
  preparing.at = millis(now + PAUSE)
  return undefined
}
