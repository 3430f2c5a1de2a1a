// A run on real nodes, from the first node to the report, for `pnpm nodes:start` and `pnpm churn --live` alike.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { counted, HushgridError, type Slot } from '@hushgrid/primitives'
import { EXIT_USAGE, stopSignal } from '@hushgrid/runtime'
import { checkExpectations, summaryLine } from '@hushgrid/scenarios'
import { laneCodes } from '@hushgrid/topology'
import { churnResult } from '../churn/churn-account.ts'
import { LiveChurn } from '../churn/live-churn.ts'
import type { ShownContender } from '../contender/contender.ts'
import { type MachineLoad, watchMachine } from '../measures/machine-use.ts'
import { saveMemory } from '../meters/host.ts'
import type { LabEvent, SlotRow } from '../neighbourhood/events.ts'
import type { LabNeighbourhood, LabSample } from '../neighbourhood/neighbourhood.ts'
import { stateFolder } from '../neighbourhood/state-folder.ts'
import { type ReportClock, RunReport, runDocument } from '../report/report.ts'
import { loadVerdict } from './busy-machine.ts'
import { checkDescriptors, descriptorsOf } from './descriptors.ts'
import { type Display, jsonDisplay, textDisplay } from './display.ts'
import { named } from './named-text.ts'
import { PaceKeeper } from './pace-keeper.ts'
import type { LabPage } from './page.ts'
import { configurationOf, type LabOutput, type LabPlan } from './plan.ts'
import { runSlots, summarise } from './slots.ts'
import { switchedPlan } from './switch.ts'

/** Time for nodes to be put away before the process ends regardless, ms. */
const STOP_WITHIN = 1_500

/** A run; switching contenders makes several of one plan. */
interface Run {
  readonly plan: LabPlan
  readonly folder: string
  readonly started: Date
  /** Beginning of the run by performance's clock, ms. */
  readonly began: number
  readonly page: LabPage | undefined
  readonly display: Display
  /** Signal of Ctrl-C. */
  readonly stop: AbortSignal
}

/**
 * Runs a neighbourhood from its first node to its report, and another each time that the page switches the mode.
 *
 * @returns the exit status: 0, also after Ctrl-C; 1 where the run failed, a total was wrong or an expectation was not met
 */
export async function runLab(plan: LabPlan, output: LabOutput): Promise<number> {
  checkDescriptors(plan.members, descriptorsOf(plan))
  const display = displayOf(output, plan)
  const { page, warning } = await pageOf(output)
  if (page) {
    display.show({ type: 'page', url: page.url })
    output.web?.served?.(page.url)
  }
  if (warning !== undefined) display.show({ type: 'warning', text: warning })
  const stop = stopSignal()
  const started = new Date(performance.timeOrigin)
  const folder = output.report ?? join('runs', `${started.toISOString().slice(0, 19).replaceAll(':', '')}-${plan.network.name}`)
  let status = 0
  try {
    let next: Run | undefined = { plan, folder, started, began: 0, page, display, stop: stop.signal }
    for (let number = 2; next; number++) {
      const run: Run = next
      const ended = await runOnce(run, plan)
      status = Math.max(status, ended.status)
      next = ended.next && {
        ...run,
        plan: ended.next,
        display: displayOf(output, ended.next),
        folder: freeFolder(folder, number, ended.next.contender.shown.mode),
        started: new Date(),
        began: performance.now()
      }
    }
  } finally {
    await page?.stop()
    stop.dispose()
  }
  return status
}

function displayOf({ json }: LabOutput, { contender }: LabPlan): Display {
  const write = (text: string): void => {
    process.stdout.write(text)
  }
  if (json) return jsonDisplay(write)
  const writeWarning = (text: string): void => {
    process.stderr.write(text)
  }
  return textDisplay({ write, writeWarning, terminal: process.stdout.isTTY === true, contender })
}

/** Loads the page only where one is asked for; a run goes on without a page that cannot be built. */
async function pageOf({ web }: LabOutput): Promise<{ readonly page?: LabPage; readonly warning?: string }> {
  if (!web) return {}
  const { NoPageError, startLabWeb } = await import('../web/server.ts')
  try {
    return { page: await startLabWeb(web, text => process.stderr.write(`warning: page: ${text}\n`)) }
  } catch (cause) {
    if (!(cause instanceof NoPageError)) throw cause
    return { warning: cause.message }
  }
}

/** Names a folder for a later run beside the first one's. */
function freeFolder(first: string, number: number, mode: string): string {
  const folder = `${first}-${number}-${mode}`
  return existsSync(folder) ? freeFolder(first, number + 1, mode) : folder
}

/** Outputs of a run, and its failure signal. */
interface Session {
  readonly run: Run
  readonly neighbourhood: LabNeighbourhood
  readonly report: RunReport
  readonly emit: (event: LabEvent) => void
  /** Aborts at a failure of a node after which the run cannot go on. */
  readonly failure: AbortController
  /** Removes keys and journals. */
  readonly forget: () => void
  /** Settles when nothing of the neighbourhood starts any more. */
  forming: Promise<void>
}

function openSession(run: Run): Session {
  const { plan, folder, page, display } = run
  const { contender, bits, network, members, readings, slotMs, processes, port, supplier } = plan
  const failure = new AbortController()
  const clock: ReportClock = {
    real: () => new Date(),
    protocol: () => neighbourhood.clock.now(),
    slotSeconds: network.slotSeconds
  }
  const report = new RunReport(folder, { lanes: laneCodes(network), clock }, cause => failure.abort(cause))
  const emit = (event: LabEvent): void => {
    report.event(event)
    const shown = named(event, neighbourhood)
    // A report that has no room for its last words cannot be replayed either.
    const told = shown.type === 'summary' && !report.isWhole ? { ...shown, report: null } : shown
    display.show(told)
    page?.event(told)
  }
  if (processes > 1) saveMemory()
  // Keys and journals live outside the report and go with the process, however it ends.
  const own = plan.state === undefined ? stateFolder('lab') : undefined
  const state = plan.state ?? own?.path ?? ''
  const neighbourhood: LabNeighbourhood = contender.live({
    network,
    members,
    readings,
    slotMs,
    processes,
    state,
    bits,
    record: {
      roster: held => report.roster(held),
      transcript: transcript => report.transcript(transcript),
      message: bytes => report.message(bytes)
    },
    ...(supplier && { supplier }),
    ...(port !== undefined && { listen: { registrar: `/ip4/127.0.0.1/tcp/${port}`, aggregator: `/ip4/127.0.0.1/tcp/${port + 1}` } }),
    emit,
    fail: cause => failure.abort(cause)
  })
  return { run, neighbourhood, report, emit, failure, forget: () => own?.remove(), forming: Promise.resolve() }
}

/** @param origin - the plan of the first run */
async function runOnce(run: Run, origin: LabPlan): Promise<{ readonly status: number; readonly next?: LabPlan }> {
  const { plan, page, display, stop } = run
  const session = openSession(run)
  const { neighbourhood, report, emit, forget } = session
  const switching = new AbortController()
  let wanted: ShownContender | undefined
  const signal = AbortSignal.any([stop, session.failure.signal, switching.signal])
  const churn = new LiveChurn(neighbourhood, plan.churn?.operations ?? [], emit)
  page?.begin({
    plan,
    neighbourhood,
    switchTo: to => {
      wanted = to
      switching.abort()
    }
  })
  let status = 0
  let next: LabPlan | undefined
  const started: { startupMs?: number } = {}
  try {
    const outcome = await runToEnd(session, churn, signal, started)
    if (wanted && !stop.aborted) {
      const first = (plan.readings.firstSlot + outcome.rows.length) as Slot
      // The machine that was too busy for shorter slots is the same.
      next = { ...switchedPlan(plan, origin, wanted, first), slotMs: neighbourhood.slotMs }
    }
    status = conclude(session, churn, outcome)
    // Comes after the report, which holds what was measured until then.
    session.failure.signal.throwIfAborted()
  } catch (cause) {
    next = undefined
    if (!stop.aborted || cause === session.failure.signal.reason) {
      display.close()
      process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`)
      status = started.startupMs === undefined && cause instanceof HushgridError ? EXIT_USAGE : 1
      if (!(cause instanceof HushgridError) && cause instanceof Error) process.stderr.write(`${cause.stack}\n`)
    }
  } finally {
    churn.stop()
    display.close()
    neighbourhood.watcher = undefined
    if (!next) page?.ended()
    await endWithin(stopWhole(session), { status, unless: next ? stop : undefined })
    report.close()
    forget()
  }
  return next && !stop.aborted ? { status, next } : { status }
}

/** Outcome of a run. */
interface Outcome {
  readonly rows: readonly SlotRow[]
  readonly last: LabSample
  readonly ended: 'slots' | 'data' | 'signal'
  readonly startupMs: number
  readonly firstTotalMs: number | undefined
  /** Load of the machine while the slots ran. */
  readonly machine: MachineLoad
}

/**
 * Forms the neighbourhood and runs its slots.
 *
 * @param started - takes the duration of forming, so that a failure before can be told from one after
 */
async function runToEnd(session: Session, churn: LiveChurn, signal: AbortSignal, started: { startupMs?: number }): Promise<Outcome> {
  const { run, neighbourhood, emit } = session
  const { plan, page, began } = run
  for (const text of plan.notes) emit({ type: 'note', text })
  const pace = new PaceKeeper(neighbourhood, plan.adapts === true, emit)
  const forming = neighbourhood.form()
  session.forming = forming.catch(() => undefined)
  await Promise.race([forming, rejectOn(signal)])
  const startupMs = performance.now() - began
  started.startupMs = startupMs
  emit({ type: 'started', startupMs })
  pace.formed(await neighbourhood.sample())
  let firstTotalMs: number | undefined
  let cpuBefore = 0
  const loadSince = watchMachine()
  const { rows, last, ended } = await runSlots(neighbourhood, plan.slots, signal, {
    begun: sample => {
      cpuBefore = sample.cpuMs
      churn.begin(sample)
      page?.running(sample, neighbourhood.firstSlot)
    },
    row: (row, publishedAt, sample) => {
      if (row.exact && publishedAt !== undefined) firstTotalMs ??= publishedAt - performance.timeOrigin - began
      emit({ type: 'slot', row })
      pace.over(row)
      page?.over(row, sample)
      churn.account(row.slot as Slot, sample)
    }
  })
  churn.stop()
  return { rows, last, ended, startupMs, firstTotalMs, machine: loadSince(last.cpuMs - cpuBefore) }
}

/**
 * Tells and writes the outcome of a run.
 *
 * @returns the exit status
 */
function conclude({ run, neighbourhood, report, emit, failure }: Session, churn: LiveChurn, outcome: Outcome): number {
  const { plan, folder, display, stop, started } = run
  const { rows, last, ended, startupMs, firstTotalMs, machine } = outcome
  if (ended === 'data') emit({ type: 'note', text: 'the readings end here' })
  const summary = summarise(neighbourhood, rows, last)
  const load = loadVerdict(machine, rows, plan.supplier === undefined)
  const result = churnResult(neighbourhood, rows, churn, last)
  const line = plan.churn || churn.changes.length > 0 ? summaryLine(result.summary) : undefined
  const own = neighbourhood.ownFigures?.()
  const { mode } = plan.contender.shown
  report.membership(result.changes)
  report.table(rows)
  report.finish({
    ...runDocument({
      configuration: configurationOf(plan),
      contender: plan.contender.facts.name,
      seed: plan.seed,
      neighbourhood,
      started,
      startupMs,
      firstTotalMs,
      rows,
      last,
      summary,
      load
    }),
    ...own,
    churn: { summary: result.summary, changes: result.changes, faults: result.faults, withoutEffect: result.withoutEffect }
  })
  // Comes after the files, and says where they are if they could be written.
  emit({ type: 'summary', summary, report: folder, mode, load, ...(line !== undefined && { churn: line }), ...own })
  if (plan.churn && summary.busy > 0) {
    const lost = `${counted(summary.busy, 'slot')} ${summary.busy === 1 ? 'was' : 'were'} lost because the machine was busy`
    display.show({ type: 'note', text: `${lost}; the scenario's expectations leave them out` })
  }
  let status = 0
  const wrong = rows.filter(row => !row.lost && !row.exact).length
  if (wrong > 0) {
    process.stderr.write(
      `${wrong} of ${counted(rows.length, 'total')} ${wrong === 1 ? 'differs' : 'differ'} from the sum of the readings\n`
    )
    status = 1
  }
  // A run that was broken off cannot meet its scenario's expectations.
  if (plan.churn && !stop.aborted && !failure.signal.aborted) {
    const { expect } = plan.churn.scenario
    const failed = checkExpectations(expect, result)
    for (const sentence of failed) process.stderr.write(`not as expected: ${sentence}\n`)
    if (failed.length > 0) status = 1
    else if (Object.keys(expect).length > 0) display.show({ type: 'note', text: 'everything came as the scenario expects' })
    else display.show({ type: 'note', text: 'no expectation was checked: a scenario has them for the run that its file describes' })
  }
  return status
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** Stops a neighbourhood with the nodes that were about to start when it was broken off. */
async function stopWhole({ neighbourhood, forming }: Session): Promise<void> {
  await neighbourhood.stop()
  await forming
  await neighbourhood.stop()
}

/**
 * Ends the process where a node is not put away in time, so that nobody has to wait.
 *
 * @param status - exit status of that end
 * @param unless - signal of a run that follows: there is no time limit until it aborts
 */
async function endWithin(
  stopping: Promise<void>,
  { status, unless }: { readonly status: number; readonly unless: AbortSignal | undefined }
): Promise<void> {
  let late: NodeJS.Timeout | undefined
  const begin = (): void => {
    late = setTimeout(() => process.exit(process.exitCode || status), STOP_WITHIN)
  }
  if (!unless || unless.aborted) begin()
  else unless.addEventListener('abort', begin, { once: true })
  await stopping
  unless?.removeEventListener('abort', begin)
  clearTimeout(late)
}
