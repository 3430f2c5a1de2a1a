import type { ComparedRun } from '../results/result.ts'
import { isDisturbed } from '../results/verdict.ts'

/**
 * Measures a run, and again while a busy machine disturbs it. The last run counts, whatever it is: to take the best of several
 * would be a choice of figures.
 *
 * @param on.again - most times that it is measured again
 */
export async function undisturbed(
  measure: () => Promise<ComparedRun>,
  on: { readonly again: number; readonly signal: AbortSignal; readonly warn: (text: string) => void }
): Promise<ComparedRun> {
  for (let replaces = 0; ; replaces++) {
    const run = await measure()
    const isLast = !isDisturbed(run) || replaces >= on.again || on.signal.aborted
    if (isDisturbed(run)) on.warn(`disturbed by a busy machine: ${run.load?.reason}${isLast ? '' : '; it runs again'}`)
    if (isLast) return replaces === 0 ? run : { ...run, replaces }
  }
}
