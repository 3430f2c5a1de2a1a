// Wrong pairing codes of each source, which has to wait after some of them. A code of 256 bits cannot be guessed: this keeps
// one who tries from filling a log, and holds up nobody else.
import { type MeterId, type Millis, millis } from '@hushgrid/primitives'

/** Sources with wrong codes, and the moment at which each has made up for all of them. */
export type WrongCodes = ReadonlyMap<MeterId, Millis>

/** Wrong codes that a source may send one after the other. */
const MOST_WRONG_CODES = 5
/** Time that makes up for one wrong code, ms. */
const RECOVERY = 12_000
/** Sources that are remembered; the earliest is forgotten for another. */
const MOST_SOURCES = 256

/** Gives the time until a source may send a code again, ms; 0 where it may now. */
export function waitFor(wrong: WrongCodes, source: MeterId, now: Millis): number {
  const made = wrong.get(source) ?? now
  return Math.max(0, made - now - (MOST_WRONG_CODES - 1) * RECOVERY)
}

/** Counts one more wrong code of a source. */
export function withWrongCode(wrong: WrongCodes, source: MeterId, now: Millis): WrongCodes {
  const before = Math.max(now, wrong.get(source) ?? now)
  // Forgets those that have made up, and whatever lies too far ahead since the clock was set back.
  const most = now + MOST_WRONG_CODES * RECOVERY
  const others = [...wrong].filter(([id, made]) => id !== source && made > now && made <= most)
  return new Map([...others.slice(-(MOST_SOURCES - 1)), [source, millis(Math.min(most, before + RECOVERY))]])
}
