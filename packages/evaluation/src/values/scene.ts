// What exhibits are made from: the runs that count, and what is to be said of those that do not.

import { counted } from '@hushgrid/primitives'
import { runTitle } from '../plan/run-name.ts'
import type { Evaluation } from '../record/evaluation.ts'
import type { EvaluatedRun, RunPoint } from '../record/run.ts'

export interface Scene {
  readonly evaluation: Evaluation
  /** Runs that count. */
  readonly runs: readonly EvaluatedRun[]
  /** Disturbed runs that were left out on request. */
  readonly leftOut: readonly EvaluatedRun[]
  /** Command that makes all exhibits again from the runs. */
  readonly command: string
}

/** Wishes for a scene. */
export interface SceneWish {
  /** Folder of the runs, as a person gave it. */
  readonly from: string
  /** True to leave out runs that a busy machine disturbed. */
  readonly undisturbed?: boolean
}

export function sceneOf(evaluation: Evaluation, { from, undisturbed = false }: SceneWish): Scene {
  const leaves = ({ disturbed }: EvaluatedRun): boolean => undisturbed && disturbed
  return {
    evaluation,
    runs: evaluation.runs.filter(run => !leaves(run)),
    leftOut: evaluation.runs.filter(leaves),
    command: `pnpm evaluate --from ${shellWord(from)}${undisturbed ? ' --without-disturbed' : ''}`
  }
}

/** Writes a word so that a shell takes it as one. */
const shellWord = (word: string): string => (/^[\p{L}\p{N}@%+=:,./_-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

/** Gives the runs in virtual time alone, whose costs are all taken in one way; where there are none, the live ones. */
export function oneDrive(scene: Scene): Scene {
  const runs = scene.runs.filter(({ point }) => point.drive === 'simulated')
  return runs.length > 0 ? { ...scene, runs } : scene
}

/** Most runs or contenders that a remark names one by one. */
const MOST_NAMED = 4

function listed(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED
  return `${names.slice(0, MOST_NAMED).join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`
}

/**
 * Says what must be known before anybody believes the figures, a sentence each.
 *
 * @param named - true to name the first few runs
 */
export function sceneRemarks({ evaluation, runs, leftOut }: Scene, named: boolean): readonly string[] {
  const { missing } = evaluation
  const failed = missing.filter(each => each.failed !== undefined)
  const disturbed = runs.filter(run => run.disturbed)
  const violated = runs.filter(({ violations }) => violations.length > 0)
  const wrong = runs.filter(({ slots }) => slots.some(({ exact }) => exact === false))
  const name = ({ point }: { readonly point: RunPoint }): string => runTitle(point)
  const remark = (some: readonly { readonly point: RunPoint }[], text: string): string[] =>
    some.length === 0 ? [] : [`${counted(some.length, 'run')} ${text}${named ? `: ${listed(some.map(name))}` : ''}.`]
  return [
    ...remark(violated, 'with an event that must never happen, so that they are wrong'),
    ...remark(wrong, 'with a total that is not the sum of its readings'),
    ...remark(missing, `of the evaluation planned and not there${failed.length > 0 ? `, ${failed.length} of which failed` : ''}`),
    ...remark(disturbed, 'disturbed by a busy machine, so that their times are not to be relied on'),
    ...remark(leftOut, 'of the evaluation disturbed by a busy machine and left out')
  ]
}
