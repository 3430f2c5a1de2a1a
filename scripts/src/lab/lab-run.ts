// A run on real nodes, from the first node to the report: what `pnpm nodes:start` and `pnpm churn --live` have in common.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { HeldRoster } from '@hushgrid/dcnet'
import { HushgridError, type Slot } from '@hushgrid/primitives'
import { EXIT_USAGE, stopSignal } from '@hushgrid/runtime'
import { checkExpectations, type PlannedOperation, summaryLine } from '@hushgrid/simulator'
import type { Network, Scenario } from '@hushgrid/topology'
import { churnResult } from './churn-account.ts'
import { type Display, jsonDisplay, textDisplay } from './display.ts'
import { DoubleMaskAccount } from './double-mask-figures.ts'
import type { LabEvent } from './lab-events.ts'
import { saveMemory } from './lab-host.ts'
import type { LabNeighbourhood, NeighbourhoodOptions } from './lab-neighbourhood.ts'
import type { LabReadings } from './lab-readings.ts'
import { LiveChurn } from './live-churn.ts'
import { Neighbourhood } from './neighbourhood.ts'
import { PesNeighbourhood, type PesOptions } from './pes-neighbourhood.ts'
import { RunReport, runDocument } from './report.ts'
import { runSlots, summarise } from './run.ts'
import { stateFolder } from './state-folder.ts'

/** How long nodes may take to be put away before the process ends regardless, ms. */
const STOP_WITHIN = 1_500

/** A run, checked and ready to start. */
export interface LabPlan {
  readonly network: Network
  readonly members: number
  readonly readings: LabReadings
  readonly seed: string
  readonly slots: number | undefined
  readonly mode: 'dcnet' | 'pes'
  /** With `pes`. */
  readonly pes?: PesOptions | undefined
  readonly slotMs: number
  readonly processes: number
  readonly port: number | undefined
  readonly notes: readonly string[]
  /** What befalls the neighbourhood, and what must hold at the end. */
  readonly churn?: LabChurn | undefined
}

/** Where the report goes and how events are shown. */
export interface LabOutput {
  readonly report?: string | undefined
  readonly json?: boolean | undefined
}

/** A scenario for real nodes. */
export interface LabChurn {
  readonly scenario: Scenario
  readonly operations: readonly PlannedOperation[]
}

/**
 * Runs a neighbourhood from its first node to its report.
 *
 * @returns the exit status: 0, also after Ctrl-C; 1 where the run failed, a total was wrong or an expectation was not met
 */
export async function runLab(plan: LabPlan, options: LabOutput): Promise<number> {
  const { network, members, readings, slotMs, processes } = plan
  const started = new Date(performance.timeOrigin)
  const folder = options.report ?? join('runs', `${started.toISOString().slice(0, 19).replaceAll(':', '')}-${network.name}`)
  const report = new RunReport(folder, network.lanes)
  const write = (text: string): void => {
    process.stdout.write(text)
  }
  const display: Display = options.json
    ? jsonDisplay(write)
    : textDisplay(write, text => process.stderr.write(text), process.stdout.isTTY === true)
  const emit = (event: LabEvent): void => {
    display.show(event)
    report.event(event)
  }
  if (processes > 1) saveMemory()
  const stop = stopSignal()
  const failure = new AbortController()
  const signal = AbortSignal.any([stop.signal, failure.signal])
  // Keys and journals live outside the report and go with the process, however it ends.
  const state = stateFolder('hushgrid-lab-')
  const forget = (): void => rmSync(state, { recursive: true, force: true })
  process.once('exit', forget)

  const made: NeighbourhoodOptions = {
    network,
    members,
    readings,
    slotMs,
    processes,
    state,
    ...(plan.port === undefined
      ? {}
      : { listen: { registrar: `/ip4/127.0.0.1/tcp/${plan.port}`, aggregator: `/ip4/127.0.0.1/tcp/${plan.port + 1}` } }),
    emit,
    fail: cause => failure.abort(cause)
  }
  const doubleMask = plan.pes === undefined && network.recovery === 'double-mask' ? new DoubleMaskAccount() : undefined
  const rosters: HeldRoster[] = []
  const neighbourhood = plan.pes
    ? new PesNeighbourhood(made, plan.pes)
    : dcNet(made, {
        roster: held => {
          rosters.push(held)
          report.roster(held)
        },
        transcript: transcript => {
          report.transcript(transcript)
          doubleMask?.note(transcript)
        }
      })
  const churn = new LiveChurn(neighbourhood, plan.churn?.operations ?? [], emit)
  let status = 0
  let startupMs: number | undefined
  try {
    for (const text of plan.notes) emit({ type: 'note', text })
    await Promise.race([neighbourhood.form(), rejectOn(signal)])
    startupMs = performance.now()
    emit({ type: 'started', startupMs })
    let firstTotalMs: number | undefined
    const { rows, last, ended } = await runSlots(neighbourhood, plan.slots, signal, {
      begun: sample => churn.begin(sample),
      row: (row, publishedAt, sample) => {
        if (row.exact && publishedAt !== undefined) firstTotalMs ??= publishedAt - performance.timeOrigin
        emit({ type: 'slot', row })
        churn.account(row.slot as Slot, sample)
      }
    })
    churn.stop()
    if (failure.signal.aborted) throw failure.signal.reason
    if (ended === 'data') emit({ type: 'note', text: 'the readings end here' })
    const summary = summarise(neighbourhood, rows, last)
    const result = churnResult(neighbourhood, rows, churn, last)
    const line = plan.churn || churn.changes.length > 0 ? summaryLine(result.summary) : undefined
    const rosterOf = (slot: Slot) => rosters.findLast(held => held.roster.firstSlot <= slot)?.roster
    const figures = doubleMask?.figures(rosterOf)
    emit({
      type: 'summary',
      summary,
      report: folder,
      mode: plan.mode,
      ...(line !== undefined && { churn: line }),
      ...(figures && { doubleMask: figures })
    })
    report.membership(result.changes)
    report.finish({
      ...runDocument({ plan, neighbourhood, started, startupMs, firstTotalMs, rows, last, summary }),
      ...(figures && { doubleMask: figures }),
      churn: { summary: result.summary, changes: result.changes, faults: result.faults }
    })
    const wrong = rows.filter(row => !row.lost && !row.exact).length
    if (wrong > 0) {
      process.stderr.write(`${wrong} of ${rows.length} totals differ from the sum of the readings\n`)
      status = 1
    }
    // A run that was broken off has not come to what its scenario expects.
    if (plan.churn && !stop.signal.aborted) {
      const failed = checkExpectations(plan.churn.scenario.expect, result)
      for (const sentence of failed) process.stderr.write(`not as expected: ${sentence}\n`)
      if (failed.length > 0) status = 1
      else display.show({ type: 'note', text: 'everything came as the scenario expects' })
    }
  } catch (cause) {
    if (!stop.signal.aborted) {
      display.close()
      process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`)
      status = startupMs === undefined && cause instanceof HushgridError ? EXIT_USAGE : 1
      if (!(cause instanceof HushgridError) && cause instanceof Error) process.stderr.write(`${cause.stack}\n`)
    }
  } finally {
    churn.stop()
    display.close()
    await endWithin(neighbourhood.stop())
    stop.dispose()
    process.off('exit', forget)
    forget()
  }
  return status
}

/** A DC-net, with what it makes known told. */
function dcNet(
  options: NeighbourhoodOptions,
  on: { readonly roster: (held: HeldRoster) => void; readonly transcript: (transcript: Uint8Array) => void }
): LabNeighbourhood {
  const neighbourhood = new Neighbourhood(options)
  neighbourhood.onRoster = on.roster
  neighbourhood.onTranscript = on.transcript
  return neighbourhood
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** A node that will not be put away does not keep the person waiting: the process then ends with what is left of it. */
async function endWithin(stopping: Promise<void>): Promise<void> {
  const late = setTimeout(() => process.exit(), STOP_WITHIN)
  await stopping
  clearTimeout(late)
}
