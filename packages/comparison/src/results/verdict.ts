import { counted } from '@hushgrid/primitives'
import type { ComparedResults, ComparedRun } from './result.ts'

/** What is to be said of results before anybody believes them. */
export interface Verdict {
  /** Says which planned runs are not there; undefined where all are. */
  readonly incomplete: string | undefined
  /** All remarks, a sentence each, the one on missing runs first. */
  readonly remarks: readonly string[]
  /** Exit status: 1 where a total was wrong, a run failed, or slots were lost that nobody asked to lose. */
  readonly status: 0 | 1
}

/** Missing runs that are named one by one. */
const MOST_NAMED = 5

/**
 * Gives the verdict on results. Losses count where they were not asked for: in slots in which nothing but readings happened;
 * a contender may lose slots by its rules where meters crash.
 */
export function verdictOf(results: ComparedResults): Verdict {
  const { runs, missing = [] } = results
  const incomplete = incompleteText(runs.length, missing)
  const lost = lossesOf(runs)
  const wrong = runs.flatMap(run => run.slots).filter(slot => !slot.lost && !slot.exact).length
  const differs = wrong === 1 ? 'differs' : 'differ'
  return {
    incomplete,
    remarks: [
      ...(incomplete === undefined ? [] : [incomplete]),
      ...lost,
      ...(wrong === 0 ? [] : [`${counted(wrong, 'total')} ${differs} from the sum of the readings`])
    ],
    status: wrong > 0 || lost.length > 0 || missing.some(({ failed }) => failed !== undefined) ? 1 : 0
  }
}

function incompleteText(there: number, missing: NonNullable<ComparedResults['missing']>): string | undefined {
  if (missing.length === 0) return undefined
  const named = missing.slice(0, MOST_NAMED).map(({ run, failed }) => (failed === undefined ? run : `${run} (${failed})`))
  const more = missing.length > named.length ? `; and ${missing.length - named.length} more` : ''
  return `${missing.length} of ${counted(there + missing.length, 'run')} missing, since it was ended early or they failed: ${named.join('; ')}${more}`
}

function lossesOf(runs: readonly ComparedRun[]): string[] {
  const combinations = Map.groupBy(runs, ({ mode, bits, n }) => `${mode}${bits === null ? '' : ` ${bits} bits`}, n = ${n}`)
  return [...combinations].flatMap(([name, of]) => {
    const steady = of.flatMap(run => run.slots).filter(({ phase }) => phase === 'steady')
    const lost = steady.filter(slot => slot.lost).length
    return lost === 0 ? [] : [`${name}: ${lost} of ${counted(steady.length, 'slot')} lost while nothing happened but readings`]
  })
}
