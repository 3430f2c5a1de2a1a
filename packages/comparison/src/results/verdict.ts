// Verdict on a comparison: what is to be said of its results, and the exit status.
import { type LoadVerdict, othersText } from '@hushgrid/lab'
import { counted } from '@hushgrid/primitives'
import { lostByContender } from './costs.ts'
import type { ComparedResults, ComparedRun, ComparedSlot } from './result.ts'

/** What is to be said of results before anybody believes them. */
export interface Verdict {
  /** Says which planned runs are not there; undefined where all are. */
  readonly incomplete: string | undefined
  /** Says which runs were disturbed by a busy machine; undefined where none was. */
  readonly disturbed: string | undefined
  /** All remarks, a sentence each, the one on missing runs first. */
  readonly remarks: readonly string[]
  /** Exit status: 1 where a total was wrong, a run failed, or slots were lost that nobody asked to lose, for whatever reason. */
  readonly status: 0 | 1
}

/** Missing runs that are named one by one. */
const MOST_NAMED = 5

/**
 * Gives the verdict on results. Losses count where they were not asked for: in slots in which nothing but readings happened;
 * a contender may lose slots by its rules where meters crash. A slot that the machine lost is named as such.
 */
export function verdictOf(results: ComparedResults): Verdict {
  const { runs, missing = [] } = results
  const incomplete = incompleteText(runs.length, missing)
  const disturbed = disturbedText(runs)
  const lost = lossesOf(runs)
  const wrong = runs.flatMap(run => run.slots).filter(slot => !slot.lost && !slot.exact).length
  const differs = wrong === 1 ? 'differs' : 'differ'
  return {
    incomplete,
    disturbed,
    remarks: [
      ...[incomplete, disturbed].filter(remark => remark !== undefined),
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

function combinationName({ mode, bits, n }: ComparedRun): string {
  return `${mode}${bits === null ? '' : ` ${bits} bits`}, n = ${n}`
}

/**
 * Tells whether other programs disturbed a run. A run that was late without them was late by its own weight, and to run it again
 * would not help.
 */
export function isDisturbed({ load }: Pick<ComparedRun, 'load'>): boolean {
  return load !== undefined && othersText(load.cores) !== undefined
}

/** Gives slots with their losses where they belong: without other programs in the way a late machine is the contender's weight. */
export function attributed(slots: readonly ComparedSlot[], load: LoadVerdict): readonly ComparedSlot[] {
  return isDisturbed({ load }) ? slots : slots.map(slot => ({ ...slot, busy: false }))
}

function disturbedText(runs: readonly ComparedRun[]): string | undefined {
  const disturbed = runs.filter(isDisturbed)
  if (disturbed.length === 0) return undefined
  const repeats = runs.some(({ repeat }) => repeat > 0)
  const named = disturbed
    .slice(0, MOST_NAMED)
    .map(run => `${combinationName(run)}${repeats ? `, repeat ${run.repeat + 1}` : ''} (${run.load?.reason})`)
  const more = disturbed.length > named.length ? `; and ${disturbed.length - named.length} more` : ''
  return `${disturbed.length} of ${counted(runs.length, 'run')} disturbed by a busy machine, so that times and CPU are not to be relied on: ${named.join('; ')}${more}`
}

function lossesOf(runs: readonly ComparedRun[]): string[] {
  return [...Map.groupBy(runs, combinationName)].flatMap(([name, of]) => {
    const steady = of.flatMap(run => run.slots).filter(({ phase }) => phase === 'steady')
    const lost = steady.filter(lostByContender).length
    const busy = steady.filter(slot => slot.busy).length
    const outOf = counted(steady.length, 'slot')
    return [
      ...(lost === 0 ? [] : [`${name}: ${lost} of ${outOf} lost while nothing happened but readings`]),
      ...(busy === 0 ? [] : [`${name}: ${busy} of ${outOf} lost because the machine was busy, which is no loss of the contender's`])
    ]
  })
}
