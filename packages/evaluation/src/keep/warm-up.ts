// A remark on the warm-up: where steady slots still get cheaper, more slots ought to go before those that are measured.
import { pointTitle } from '../plan/run-name.ts'
import type { EvaluatedRun } from '../record/run.ts'
import { uncheckedText, warmUpsIn } from '../values/warm-ups.ts'

/** Points that are named one by one. */
const MOST_NAMED = 5

/**
 * Says where CPU times still fall from the first half of the measured slots to the second, and where there are too few slots
 * to tell; nothing where there is nothing to say.
 */
export function warmUpRemark(runs: readonly EvaluatedRun[]): string | undefined {
  const check = warmUpsIn(runs)
  const falling = check.falling.map(({ point, ratio }) => `${pointTitle(point)} (by ${Math.round(100 * (1 - 1 / ratio.median))} %)`)
  const more = falling.length > MOST_NAMED ? `; and ${falling.length - MOST_NAMED} more` : ''
  const named = falling.slice(0, MOST_NAMED).join('; ')
  const fall =
    falling.length === 0 ? [] : [`CPU times still fall within the measured slots, so that a larger warmUp would be better: ${named}${more}`]
  const said = [...fall, ...[uncheckedText(check)].flatMap(text => text ?? [])]
  return said.length === 0 ? undefined : said.join('. ')
}
