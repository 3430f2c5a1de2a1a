// All combinations, one after the other: the same readings, the same seed, the same churn trace.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { recordedReadings, stateFolder } from '@hushgrid/lab'
import { HushgridError } from '@hushgrid/primitives'
import { laneCodes } from '@hushgrid/topology'
import type { ComparedResults, ComparedRun } from '../results/result.ts'
import { isDisturbed } from '../results/verdict.ts'
import { WARM_UP_SLOTS } from './changes.ts'
import { type RunInputs, runInputs } from './inputs.ts'
import { measureRun } from './measure-run.ts'
import { type Combination, type ComparisonPlan, plannedRuns } from './plan.ts'
import { undisturbed } from './undisturbed.ts'

/** Takes the progress of a comparison. */
export interface ComparisonProgress {
  note(text: string): void
  /** Notes that a run begins; `left` in ms, as far as it is known. */
  begun(run: { readonly number: number; readonly of: number; readonly what: string; readonly left: number | undefined }): void
  done(run: ComparedRun): void
  warn(text: string): void
}

/**
 * Runs all combinations.
 *
 * @returns measurements up to the end, or up to the signal; runs that are not there, with the reason of those that failed
 * @throws HushgridError where the input is wrong, before anything has run
 */
export async function compare(plan: ComparisonPlan, progress: ComparisonProgress, signal: AbortSignal): Promise<ComparedResults> {
  const sized = await sizedFor(plan, progress)
  const started = new Date()
  const state = stateFolder('lab')
  const { runs, missing } = await runAll({ plan, sized, state: state.path, progress, signal }).finally(() => state.remove())
  const [first] = sized.values()
  return {
    format: 'hushgrid-compare/1',
    command: plan.command,
    started: started.toISOString(),
    ended: new Date().toISOString(),
    seed: plan.seed,
    readings: first?.readings.source ?? '',
    lanes: first ? laneCodes(first.network) : [],
    churn: plan.churn ?? null,
    runs,
    ...(missing.length > 0 && { missing })
  }
}

/** All combinations of a comparison, and the folder they run in. */
interface AllRuns {
  readonly plan: ComparisonPlan
  readonly sized: ReadonlyMap<number, RunInputs>
  /** Folder for keys and journals. */
  readonly state: string
  readonly progress: ComparisonProgress
  readonly signal: AbortSignal
}

/** Runs that are there, and those that are not. */
interface Ran {
  readonly runs: readonly ComparedRun[]
  readonly missing: NonNullable<ComparedResults['missing']>
}

async function runAll(all: AllRuns): Promise<Ran> {
  const { plan, state, progress, signal } = all
  const combinations = plannedRuns(plan)
  const runs: ComparedRun[] = []
  const failed = new Map<Combination, string>()
  const done = new Set<Combination>()
  const begun = performance.now()
  for (const [number, combination] of combinations.entries()) {
    if (signal.aborted) break
    const what = nameOf(combination, plan.repeat)
    const left = number === 0 ? undefined : ((performance.now() - begun) / number) * (combinations.length - number)
    progress.begun({ number: number + 1, of: combinations.length, what, left })
    const folder = join(state, String(number))
    try {
      const warn = (text: string): void => progress.warn(`${what}: ${text}`)
      const once = async (): Promise<ComparedRun> => {
        try {
          return await runCombination(all, combination, folder, warn)
        } finally {
          rmSync(folder, { recursive: true, force: true })
        }
      }
      const disturbance = (run: ComparedRun): string | undefined => (isDisturbed(run) ? run.load?.reason : undefined)
      const run = await undisturbed(once, { again: plan.repeatDisturbed, disturbance, signal, warn })
      runs.push(run)
      done.add(combination)
      progress.done(run)
    } catch (cause) {
      if (signal.aborted) break
      if (!(cause instanceof HushgridError)) throw cause
      failed.set(combination, cause.message)
      progress.warn(`${what}: ${cause.message}`)
    }
  }
  const missing = combinations
    .filter(each => !done.has(each))
    .map(each => ({ run: nameOf(each, plan.repeat), ...reasonOf(failed.get(each)) }))
  return { runs, missing }
}

function reasonOf(failed: string | undefined): { readonly failed?: string } {
  return failed === undefined ? {} : { failed }
}

function nameOf({ contender, bits, n, repeat }: Combination, repeats: number): string {
  const { name, key } = contender.facts
  return `${name}${key ? ` ${bits} bits` : ''}, n = ${n}${repeats > 1 ? `, repeat ${repeat + 1}` : ''}`
}

async function runCombination(
  { plan, sized, signal }: AllRuns,
  combination: Combination,
  state: string,
  warn: (text: string) => void
): Promise<ComparedRun> {
  const { network, readings, churn } = sized.get(combination.n) as RunInputs
  const [recovery = network.recovery] = combination.contender.facts.recoveries ?? []
  const { slots, slotMs } = plan
  return await measureRun({ ...combination, network: { ...network, recovery }, readings, slots, slotMs, churn, state, warn, signal })
}

async function sizedFor(plan: ComparisonPlan, progress: ComparisonProgress): Promise<Map<number, RunInputs>> {
  const { data, seed, slots, churn, degree } = plan
  const recording = data === undefined ? undefined : await recordedReadings(data, plan.facts)
  const recorded = recording && { recording, name: data ?? '' }
  const network = { degree, slotSeconds: recording?.slotSeconds, lanes: recording?.lanes.map(obis => ({ obis })) }
  const sized = new Map<number, RunInputs>()
  for (const n of plan.sizes) {
    const inputs = runInputs({ n, network, churn, slots, warmUp: WARM_UP_SLOTS, seed, recorded })
    if (n === plan.sizes[0]) for (const note of inputs.readings.notes) progress.note(note)
    sized.set(n, inputs)
  }
  return sized
}
