// An evaluation as a command runs it: its progress, its folder and its exit status.
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { comparedContender, roughly } from '@hushgrid/comparison'
import { checkDescriptors, comparedEnvironment, descriptorsApart } from '@hushgrid/lab'
import { counted, HushgridError, wrappedText } from '@hushgrid/primitives'
import { prepareFolder, stopSignal } from '@hushgrid/runtime'
import { EXHIBIT_NAMES, type ExhibitName } from '../exhibits/names.ts'
import { basisOf } from '../keep/basis.ts'
import { EvaluationFolder } from '../keep/evaluation-folder.ts'
import { readEvaluation } from '../keep/read-evaluation.ts'
import { evaluationVerdict } from '../keep/verdict.ts'
import type { EvaluationPlan } from '../plan/plan.ts'
import { runName } from '../plan/run-name.ts'
import { TimeLeft } from '../plan/time-left.ts'
import type { Evaluation } from '../record/evaluation.ts'
import { evaluate, ordersLeft, type RunModules } from './evaluate.ts'
import { terminalProgress } from './progress.ts'
import type { Jobs } from './schedule.ts'

/** Wishes of a person for the figures of an evaluation. */
interface Making {
  /** Exhibits that are made; those of the file unless given. */
  readonly only?: readonly ExhibitName[] | undefined
  /** True to make them without runs that a busy machine disturbed. */
  readonly withoutDisturbed?: boolean | undefined
}

/** Wishes of a person for an evaluation. */
export interface EvaluationWish extends Making {
  /** Command that repeats it. */
  readonly command: string
  readonly out: string
  /** Most runs of virtual time side by side; as many as there are cores unless given. Live ones come one by one. */
  readonly jobs?: number | undefined
  readonly repeatDisturbed: number
  /** Modules that run an order. */
  readonly modules?: RunModules
}

/** Modules that run an order unless others are given. */
const RUN_MODULES: RunModules = {
  simulated: new URL('./simulated.ts', import.meta.url),
  live: new URL('./live.ts', import.meta.url)
}

function jobsOf(jobs: number | undefined): Jobs {
  return { simulated: jobs ?? availableParallelism(), live: 1 }
}

/**
 * Runs what is left of an evaluation, and makes its exhibits once all runs are over.
 *
 * @returns the exit status: 0; 1 where a total was wrong, a rule was violated, or a run failed
 * @throws HushgridError where the folder has another evaluation or cannot be written to
 */
export async function runEvaluation(plan: EvaluationPlan, wish: EvaluationWish): Promise<number> {
  const { out, repeatDisturbed, modules = RUN_MODULES } = wish
  checkLiveDescriptors(plan)
  const progress = terminalProgress()
  const environment = comparedEnvironment()
  const beginning = { plan, command: wish.command, environment, basis: basisOf(plan.data, churnOf(plan)) }
  const folder = EvaluationFolder.open(out, beginning, progress.warn)
  const left = ordersLeft(plan, folder, repeatDisturbed).length
  const there = plan.orders.length - left
  for (const { what, why } of plan.leftOut) progress.note(`left out: ${what}: ${why}`)
  progress.note(`${counted(plan.orders.length, 'run')}${there > 0 ? `, of which ${there} are there` : ''}; seed ${plan.seed}`)
  const stop = stopSignal()
  try {
    await evaluate(plan, folder, { jobs: jobsOf(wish.jobs), repeatDisturbed, modules, progress, signal: stop.signal })
    if (stop.signal.aborted) {
      process.stderr.write('ended before all runs were over; the same command goes on with the others\n')
      return 0
    }
  } finally {
    progress.close()
    stop.dispose()
  }
  // Runs are kept: whoever ends the drawing of figures by Ctrl-C ends it at once.
  return await makeExhibits(out, wish, { out, made: 'written to' })
}

/** Lists the churn scenarios of a plan, each once. */
function churnOf({ orders }: EvaluationPlan): string[] {
  return [...new Set(orders.flatMap(({ point }) => point.churn ?? []))]
}

/** @throws HushgridError that says how to allow the descriptors that live nodes need */
function checkLiveDescriptors({ orders }: EvaluationPlan): void {
  const live = orders.filter(({ point }) => point.drive === 'live')
  const most = Math.max(0, ...live.map(({ point }) => point.n))
  // One more meter joins.
  const needed = live.map(({ point }) => descriptorsApart(comparedContender(point.contender), point.n + 1))
  if (live.length > 0) checkDescriptors(most, Math.max(...needed))
}

/**
 * Makes figures and tables again from the runs in a folder, there or in another.
 *
 * @returns the exit status, that of the evaluation itself
 */
export async function remakeEvaluation(
  folder: string,
  { out, ...making }: Making & { readonly out?: string | undefined }
): Promise<number> {
  if (out !== undefined) prepareFolder('--out', out)
  return await makeExhibits(folder, making, { out: out ?? folder, made: 'made again in' })
}

async function makeExhibits(
  folder: string,
  { only, withoutDisturbed }: Making,
  { out, made }: { readonly out: string; readonly made: string }
): Promise<number> {
  const evaluation = readEvaluation(folder)
  const { remarks, status } = evaluationVerdict(evaluation)
  const say = (): void => {
    for (const remark of remarks) process.stderr.write(`${wrappedText(remark)}\n`)
  }
  if (evaluation.runs.every(run => withoutDisturbed && run.disturbed)) {
    say()
    throw new HushgridError(`${folder}: expected at least one run to make figures from, got none`)
  }
  const chosen = only ?? chosenOf(evaluation)
  // Loading what draws takes a second, which no run has to wait for.
  const { writeExhibits } = await import('../exhibits/write-exhibits.ts')
  const files = await writeExhibits(out, evaluation, chosen, { from: folder, undisturbed: withoutDisturbed ?? false })
  const report = chosen === undefined ? `; open ${join(out, 'report.html')}` : ''
  process.stdout.write(`${counted(files.length, 'file')} ${made} ${out}${report}\n`)
  say()
  return status
}

/** Gives the exhibits that the file asks for; undefined where it asks for all, which come with a report. */
function chosenOf({ exhibits }: Evaluation): readonly ExhibitName[] | undefined {
  return exhibits.length === EXHIBIT_NAMES.length ? undefined : EXHIBIT_NAMES.filter(name => exhibits.includes(name))
}

/** Lists the runs of a plan, their number and a guess of the time that they take. */
export function planText(plan: EvaluationPlan, jobs: number | undefined): string {
  const { orders, leftOut } = plan
  const drives = (['simulated', 'live'] as const).flatMap(drive => {
    const count = orders.filter(({ point }) => point.drive === drive).length
    return count === 0 ? [] : [`${count} ${drive}`]
  })
  const left = new TimeLeft().ofAll(orders, jobsOf(jobs))
  return [
    ...orders.map(({ point }) => runName(point)),
    ...leftOut.map(({ what, why }) => `left out: ${what}: ${why}`),
    `${counted(orders.length, 'run')}: ${drives.join(', ')}; seed ${plan.seed}; roughly ${roughly(left)}`
  ].join('\n')
}
