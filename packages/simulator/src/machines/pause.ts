/** Protocol milliseconds between attempts to talk to a registrar that is away: doubled each time, up to the last. */
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 60_000

/** The pause before the attempt that follows so many failed ones. */
export function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE * 2 ** Math.max(0, failures - 1), LONGEST_PAUSE)
}
