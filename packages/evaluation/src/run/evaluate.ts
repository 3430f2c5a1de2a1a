// All runs of a plan that its folder does not have yet.
import { undisturbed } from '@hushgrid/comparison'
import type { EvaluationFolder } from '../keep/evaluation-folder.ts'
import type { EvaluationPlan } from '../plan/plan.ts'
import { runTitle } from '../plan/run-name.ts'
import { TimeLeft } from '../plan/time-left.ts'
import type { RunOrder } from '../record/order.ts'
import type { EvaluatedRun, RunPoint } from '../record/run.ts'
import { OwnUse } from './own-use.ts'
import { RunFailure, runInProcess } from './run-process.ts'
import { inOrder, type Jobs } from './schedule.ts'

/** Modules that run an order, by drive. */
export type RunModules = Readonly<Record<RunPoint['drive'], URL>>

/** Takes the progress of an evaluation. */
export interface EvaluationProgress {
  warn(text: string): void
  /** Notes that a run begins; `left` in ms. */
  begun(run: { readonly number: number; readonly of: number; readonly what: string; readonly left: number }): void
  done(order: RunOrder, run: EvaluatedRun, tookMs: number): void
  failed(order: RunOrder, reason: string): void
}

/** Conditions of an evaluation's runs. */
export interface Running {
  readonly jobs: Jobs
  /** Most times that a run is repeated because a busy machine disturbed it. */
  readonly repeatDisturbed: number
  readonly modules: RunModules
  readonly progress: EvaluationProgress
  readonly signal: AbortSignal
}

/** Lists the orders that are still to be run: those without a run, and those to be repeated because they were disturbed. */
export function ordersLeft(plan: EvaluationPlan, folder: EvaluationFolder, repeatDisturbed: number): readonly RunOrder[] {
  return plan.orders.filter(order => {
    const run = folder.runOf(order)
    return run === undefined || (run.disturbed && (run.replaces ?? 0) < repeatDisturbed)
  })
}

/**
 * Runs what is left of a plan, and keeps each run as soon as it is over. A run that fails is kept with its reason.
 *
 * @throws OutputError where the folder cannot be written to any more
 */
export async function evaluate(plan: EvaluationPlan, folder: EvaluationFolder, running: Running): Promise<void> {
  const ending = new AbortController()
  const signal = AbortSignal.any([running.signal, ending.signal])
  const left = new Set(ordersLeft(plan, folder, running.repeatDisturbed))
  const all: All = { ...running, signal, folder, left, of: plan.orders.length, time: timesOf(plan, folder), use: new OwnUse() }
  let number = plan.orders.length - left.size
  const run = async (order: RunOrder): Promise<void> => {
    number++
    try {
      await runOrder(order, number, all)
    } catch (cause) {
      // Ends the others too: without room for its results no run is of use.
      ending.abort(cause)
    }
  }
  await inOrder([...left], running.jobs, { run, signal })
  if (ending.signal.aborted) throw ending.signal.reason
}

interface All extends Running {
  readonly folder: EvaluationFolder
  /** Orders that are not over. */
  readonly left: Set<RunOrder>
  readonly of: number
  readonly time: TimeLeft
  readonly use: OwnUse
}

/** Learns from the runs that are there how long others take. */
function timesOf({ orders }: EvaluationPlan, folder: EvaluationFolder): TimeLeft {
  const time = new TimeLeft()
  for (const order of orders) {
    const run = folder.runOf(order)
    if (run) time.took(order, Date.parse(run.ended) - Date.parse(run.started))
  }
  return time
}

async function runOrder(order: RunOrder, number: number, all: All): Promise<void> {
  const { folder, left, of, time, jobs, progress, signal, use } = all
  const what = runTitle(order.point)
  const begun = performance.now()
  progress.begun({ number, of, what, left: time.ofAll([...left], jobs) })
  const warn = (text: string): void => (signal.aborted ? undefined : progress.warn(`${what}: ${text}`))
  const module = all.modules[order.point.drive].href
  const before = folder.runOf(order)
  const again = { again: all.repeatDisturbed, disturbance: disturbanceOf, signal, warn }
  try {
    const once = (): Promise<EvaluatedRun> => runInProcess(order, { module, use, signal, warn })
    const run = await undisturbed(once, again, before === undefined ? 0 : (before.replaces ?? 0) + 1)
    folder.keep(order, run)
    time.took(order, performance.now() - begun)
    progress.done(order, run, performance.now() - begun)
  } catch (cause) {
    if (signal.aborted) return
    if (!(cause instanceof RunFailure)) throw cause
    folder.fail(order, cause.message, cause.trace)
    progress.failed(order, cause.message)
  }
  left.delete(order)
}

function disturbanceOf({ disturbed, disturbance }: EvaluatedRun): string | undefined {
  return disturbed ? (disturbance ?? 'a busy machine') : undefined
}
