// All combinations, one after the other: the same readings, the same seed, the same churn trace.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  type LabReadings,
  labNetwork,
  loadScenario,
  readingsOfRecording,
  recordedReadings,
  scenarioPath,
  stateFolder,
  syntheticReadings
} from '@hushgrid/lab'
import { HushgridError } from '@hushgrid/primitives'
import { metersOf, type PlannedOperation, planScenario } from '@hushgrid/scenarios'
import { type Network, resolveDegree } from '@hushgrid/topology'
import type { ComparedMode, ComparedResults, ComparedRun } from '../results/compare-result.ts'
import { CHANGE_SLOTS, measureRun, WARM_UP_SLOTS } from './measure-run.ts'

/** What is compared. */
export interface ComparisonPlan {
  readonly sizes: readonly number[]
  readonly modes: readonly ComparedMode[]
  /** Paillier keys; each mode that has one is run with each. */
  readonly bits: readonly number[]
  /** Slots that are measured while nothing happens but readings, or the churn's. */
  readonly slots: number
  readonly repeat: number
  /** Mask neighbours of a meter; `auto` grows with n. */
  readonly degree: Network['degree']
  readonly seed: string
  /** Real length of a slot, ms; the same for all, so that all have the same time. */
  readonly slotMs: number
  readonly churn?: string | undefined
  readonly data?: string | undefined
  /** As it was typed. */
  readonly command: string
}

/** Told of what goes on. */
export interface ComparisonProgress {
  note(text: string): void
  /** A run begins; `left` in ms, as far as it can be told. */
  begun(run: { readonly number: number; readonly of: number; readonly what: string; readonly left: number | undefined }): void
  done(run: ComparedRun): void
  warn(text: string): void
}

/** One combination. */
interface Combination {
  readonly mode: ComparedMode
  readonly bits: number
  readonly n: number
  readonly repeat: number
}

const PES_MODES: readonly ComparedMode[] = ['pes-reencrypt', 'pes-direct']

/** Every combination and repeat. Repeats are outermost, so that a change of the machine's speed meets all combinations. */
export function plannedRuns({ sizes, modes, bits, repeat }: ComparisonPlan): Combination[] {
  return Array.from({ length: repeat }, (_, number) =>
    sizes.flatMap(n =>
      modes.flatMap(mode => {
        const keys = PES_MODES.includes(mode) ? bits : bits.slice(0, 1)
        return keys.map(key => ({ mode, bits: key, n, repeat: number }))
      })
    )
  ).flat()
}

/** How long the combinations take at the least, ms: slots, without forming. */
export function leastTime(plan: ComparisonPlan): number {
  return plannedRuns(plan).length * plan.slotMs * (WARM_UP_SLOTS + plan.slots + (plan.churn === undefined ? 3 * CHANGE_SLOTS : 0))
}

/** What is run at a size, whatever the mode. */
interface Sized {
  readonly network: Network
  readonly readings: LabReadings
  readonly churn: readonly PlannedOperation[] | undefined
}

/**
 * Runs all combinations.
 *
 * @returns what was measured up to the end, or up to the signal; what failed is in `failures` and not in the results
 * @throws HushgridError where the input is wrong, before anything has run
 */
export async function compare(
  plan: ComparisonPlan,
  progress: ComparisonProgress,
  signal: AbortSignal
): Promise<{ readonly results: ComparedResults; readonly failures: readonly string[] }> {
  const sized = await sizedFor(plan, progress)
  const combinations = plannedRuns(plan)
  const started = new Date()
  const runs: ComparedRun[] = []
  const failures: string[] = []
  const state = stateFolder('hushgrid-lab-')
  const forget = (): void => rmSync(state, { recursive: true, force: true })
  process.once('exit', forget)
  const begun = performance.now()
  let source = ''
  try {
    for (const [number, { mode, bits, n, repeat }] of combinations.entries()) {
      if (signal.aborted) break
      const { network, readings, churn } = sized.get(n) as Sized
      source = readings.source
      const key = PES_MODES.includes(mode) ? ` ${bits} bits` : ''
      const what = `${mode}${key}, n = ${n}${plan.repeat > 1 ? `, repeat ${repeat + 1}` : ''}`
      const left = number === 0 ? undefined : ((performance.now() - begun) / number) * (combinations.length - number)
      progress.begun({ number: number + 1, of: combinations.length, what, left })
      try {
        const run = await measureRun({
          mode,
          bits,
          n,
          repeat,
          network: { ...network, recovery: mode === 'dcnet-double' ? 'double-mask' : 'edge-release' },
          readings,
          slots: plan.slots,
          slotMs: plan.slotMs,
          churn,
          state: join(state, String(number)),
          warn: text => progress.warn(`${what}: ${text}`),
          signal
        })
        runs.push(run)
        progress.done(run)
      } catch (cause) {
        if (signal.aborted) break
        if (!(cause instanceof HushgridError)) throw cause
        failures.push(`${what}: ${cause.message}`)
        progress.warn(`${what}: ${cause.message}`)
      } finally {
        rmSync(join(state, String(number)), { recursive: true, force: true })
      }
    }
  } finally {
    process.off('exit', forget)
    forget()
  }
  const results: ComparedResults = {
    format: 'hushgrid-compare/1',
    command: plan.command,
    started: started.toISOString(),
    ended: new Date().toISOString(),
    seed: plan.seed,
    readings: source,
    lanes: [...(sized.values().next().value?.network.lanes ?? [])],
    churn: plan.churn ?? null,
    runs
  }
  return { results, failures }
}

async function sizedFor(plan: ComparisonPlan, progress: ComparisonProgress): Promise<Map<number, Sized>> {
  const { data, seed } = plan
  const recorded = data === undefined ? undefined : await recordedReadings(data, undefined)
  const sized = new Map<number, Sized>()
  for (const n of plan.sizes) {
    const base = labNetwork(n)
    const network = { ...base, degree: plan.degree, ...(recorded && { slotSeconds: recorded.slotSeconds }) }
    resolveDegree(network, n)
    if (n < network.minMembers) throw new HushgridError(`--n ${n}: expected at least the network's minMembers, ${network.minMembers}`)
    const churn = plan.churn === undefined ? undefined : churnOf(plan.churn, n, plan.slots, seed)
    // Those who join later have readings too.
    const households = churn ? metersOf(churn, n) : n + 1
    if (recorded && recorded.households.length < households)
      throw new HushgridError(
        `--n ${n}: expected readings of ${households} households, for some join, got those of ${recorded.households.length} in ${data}`
      )
    const readings = recorded
      ? readingsOfRecording(recorded, network, households, data ?? '')
      : syntheticReadings(network, households, seed)
    if (n === plan.sizes[0]) for (const note of readings.notes) progress.note(note)
    sized.set(n, { network, readings, churn })
  }
  return sized
}

/** What the processes of roles can have happen to meters. */
const BEFALLS_METERS: readonly PlannedOperation['do'][] = ['join', 'leave', 'crash', 'restart']

function churnOf(path: string, members: number, slots: number, seed: string): PlannedOperation[] {
  const loaded = loadScenario(scenarioPath(path), { seed })
  const { scenario } = loaded
  if (scenario.trace !== undefined && scenario.members !== members)
    throw new HushgridError(`--churn ${path}: expected --n ${scenario.members}, for which its trace is, got ${members}`)
  const planned = scenario.trace === undefined ? planScenario({ ...scenario, members, slots }, []) : loaded.operations
  const other = planned.find(
    operation => !BEFALLS_METERS.includes(operation.do) || (operation.do === 'restart' && operation.journal === 'rolled-back')
  )
  if (other) throw new HushgridError(`--churn ${path}: expected ${BEFALLS_METERS.join(', ')}, which all modes know, got '${other.do}'`)
  return planned.map(operation => ({ ...operation, at: operation.at + WARM_UP_SLOTS }))
}
