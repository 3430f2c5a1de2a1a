// Turns stamps of a clock on the wall into moments.
import { zonedTime } from '@hushgrid/primitives'

const HOUR = 3600

/** Offsets of one hour of the wall clock: earlier and later moment that shows it, or that it is skipped. */
type Offsets = readonly number[]

/**
 * Clock of a time zone. An hour that comes twice is told apart by what came before: readings go one way in time. An hour that
 * is skipped has no moment.
 */
export class LocalClock {
  readonly #zone: string
  /** Offsets, s, by the quarter-hour of wall time, since some zones change at half past. */
  readonly #offsets = new Map<number, Offsets>()

  /** @param zone - IANA name */
  constructor(zone: string) {
    this.#zone = zone
  }

  /**
   * @param wall - the clock's reading, as Unix seconds of UTC
   * @param last - moment of the reading before; undefined for the first
   * @param backwards - true where readings go backward in time, the newest first
   * @returns undefined for an hour that the clock skips
   */
  momentOf(wall: number, last: number | undefined, backwards = false): number | undefined {
    const [first, second] = this.#offsetsAt(Math.floor(wall))
    if (first === undefined) return undefined
    const earlier = wall - first
    if (second === undefined) return earlier
    const later = wall - second
    if (backwards) return last === undefined || later < last ? later : earlier
    return last === undefined || earlier > last ? earlier : later
  }

  #offsetsAt(wall: number): Offsets {
    const key = Math.floor(wall / (HOUR / 4))
    const held = this.#offsets.get(key)
    if (held) return held
    // Bounded: a century of quarter-hours at most, and usually a year.
    const found = this.#candidates(key * (HOUR / 4))
    this.#offsets.set(key, found)
    return found
  }

  #candidates(wall: number): Offsets {
    const around = [wall - 26 * HOUR, wall + 26 * HOUR].map(seconds => zonedTime(this.#zone, seconds).offsetNanoseconds / 1e9)
    const offsets = [...new Set(around)].filter(offset => zonedTime(this.#zone, wall - offset).offsetNanoseconds / 1e9 === offset)
    // The greater offset is in force first where a clock is set back.
    return offsets.sort((a, b) => b - a)
  }
}
