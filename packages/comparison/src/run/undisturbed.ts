/** Conditions under which a run is measured again. */
export interface Again<Run> {
  /** Most times that it is measured again. */
  readonly again: number
  /** Says how a busy machine disturbed a run; undefined where it did not. */
  readonly disturbance: (run: Run) => string | undefined
  readonly signal: AbortSignal
  readonly warn: (text: string) => void
}

/**
 * Measures a run, and again while a busy machine disturbs it. The last run counts, whatever it is: to take the best of several
 * would be a choice of figures.
 *
 * @param before - number of disturbed runs that were measured before, and that this one replaces
 */
export async function undisturbed<Run extends object>(
  measure: () => Promise<Run>,
  { again, disturbance, signal, warn }: Again<Run>,
  before = 0
): Promise<Run & { readonly replaces?: number }> {
  for (let replaces = before; ; replaces++) {
    const run = await measure()
    const reason = disturbance(run)
    const isLast = reason === undefined || replaces >= again || signal.aborted
    if (reason !== undefined) warn(`disturbed by a busy machine: ${reason}${isLast ? '' : '; it runs again'}`)
    if (isLast) return replaces === 0 ? run : { ...run, replaces }
  }
}
