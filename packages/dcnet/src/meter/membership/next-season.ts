// The key agreements of a season that is about to begin, made in slices before its first slot (PROTOCOL.md section 8), so
// that a meter with many neighbours, or a process with many meters, keeps up with the slots that run.
import { type Millis, millis, slotTimes } from '@hushgrid/primitives'
import type { HeldRoster } from '../../roster/book.ts'
import type { MeterCore } from '../core.ts'

/** Key agreements of one step: some 80 µs each on a laptop, 20 ms each on a small microcontroller. */
const SLICE = 8
/** Wait between two slices, ms. */
const PAUSE = 20

/** Tells whether a roster begins a season of ours that is far enough ahead for its keys to be agreed on bit by bit. */
export function isAhead({ config, epochs }: MeterCore, held: HeldRoster, now: Millis): boolean {
  const isIn = !held.stayOut && held.roster.indexOf(config.identity.id) !== undefined
  const isNext = epochs.size > 0 && [...epochs.values()].every(epoch => epoch.held.roster.season < held.roster.season)
  return isIn && isNext && !isNear(held, now)
}

function isNear({ roster, from }: HeldRoster, now: Millis): boolean {
  const { start, unit } = slotTimes(from, roster.slotSeconds)
  return now >= start - unit
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
  const { roster } = held
  const { secrets } = state.keys.make(roster.season)
  // A season begins without absent members or cuts.
  const neighbours = roster.neighbours(roster.indexOf(state.config.identity.id) as number)
  const left = isNear(held, now) ? [] : neighbours.map(neighbour => roster.blindingKey(neighbour)).filter(key => !secrets.has(key))
  for (const key of left.splice(0, SLICE)) secrets.with(key)
  preparing.at = millis(now + PAUSE)
  return left.length === 0 ? held : undefined
}
