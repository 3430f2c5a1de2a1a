// A run in a process of its own, as the evaluation holds it.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { othersText, watchMachine } from '@hushgrid/lab'
import type { RunOrder } from '../record/order.ts'
import type { EvaluatedRun } from '../record/run.ts'
import type { FromRun, ToRun } from './context.ts'
import type { OwnUse } from './own-use.ts'

/** A run that did not come to its end. */
export class RunFailure extends Error {
  override name = 'RunFailure'

  /** Place where it failed, for a defect of ours. */
  readonly trace: string | undefined

  constructor(message: string, trace?: string) {
    super(message)
    this.trace = trace
  }
}

/** Time for live nodes to be put away before their process is ended, ms. */
const STOP_WITHIN = 5_000

/** Surroundings of a run. */
export interface RunSurroundings {
  /** URL of the module that runs it. */
  readonly module: string
  readonly use: OwnUse
  readonly signal: AbortSignal
  readonly warn: (text: string) => void
}

/**
 * Runs an order in a process of its own.
 *
 * @throws RunFailure where the run fails or its process ends
 */
export async function runInProcess(order: RunOrder, { module, use, signal, warn }: RunSurroundings): Promise<EvaluatedRun> {
  signal.throwIfAborted()
  const child = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [String(process.pid)])
  const pid = child.pid ?? 0
  const load = watchMachine()
  const usedBefore = use.usedMs()
  use.started(pid)
  const stop = (): void => stopChild(child, order)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const run = await resultOf(child, { order, module }, warn)
    // Live runs have told their roles' processes from others; a simulated one takes its siblings for others.
    if (order.point.drive === 'live' || !use.isKnown) return run
    return judged(run, othersText(load(use.usedMs() - usedBefore).cores))
  } finally {
    signal.removeEventListener('abort', stop)
    use.ended(pid)
    stop()
  }
}

/** Puts a verdict on the machine's load in the place of the run's own. */
function judged({ disturbance: _, ...run }: EvaluatedRun, disturbance: string | undefined): EvaluatedRun {
  return { ...run, disturbed: disturbance !== undefined, ...(disturbance !== undefined && { disturbance }) }
}

function stopChild(child: ChildProcess, { point }: RunOrder): void {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(point.drive === 'live' ? 'SIGTERM' : 'SIGKILL')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN)
  child.once('exit', () => clearTimeout(timer))
}

function resultOf(child: ChildProcess, message: ToRun, warn: (text: string) => void): Promise<EvaluatedRun> {
  return new Promise((resolve, reject) => {
    let result: EvaluatedRun | RunFailure | undefined
    child.on('message', (from: FromRun) => {
      if (from.type === 'warn') warn(from.text)
      else result = from.type === 'ran' ? from.run : new RunFailure(from.message, from.stack)
    })
    child.once('error', cause => reject(new RunFailure(`its process did not start: ${cause.message}`)))
    // Waits for the end of the process, so that the next run has its memory.
    child.once('exit', (code, signal) => {
      if (result === undefined) reject(new RunFailure(`its process ended before it did (${signal ?? `exit status ${code}`})`))
      else if (result instanceof RunFailure) reject(result)
      else resolve(result)
    })
    child.send(message, cause => {
      if (cause) reject(new RunFailure(`its process did not take the order: ${cause.message}`))
    })
  })
}
