// An evaluation as a folder keeps it: what was asked for, where it ran, and the runs that are there.
import type { ComparedEnvironment } from '@hushgrid/lab'
import type { EvaluatedRun, RunPoint } from './run.ts'

/** `evaluation.json`, beside `runs/` with a file a run. */
export interface EvaluationHead {
  readonly format: 'hushgrid-evaluation/1'
  readonly name: string
  /** Command that repeats it. */
  readonly command: string
  readonly started: string
  readonly seed: string
  /** Source of the readings, in words. */
  readonly readings: string
  readonly lanes: readonly string[]
  /** Names of the figures and tables that its file asks for. */
  readonly exhibits: readonly string[]
}

/** An evaluation read back from its folder. */
export interface Evaluation extends EvaluationHead {
  /** Machine that the runs were made on. */
  readonly environment: ComparedEnvironment
  readonly runs: readonly EvaluatedRun[]
  /** Planned runs that are not there, each with the reason where it failed. */
  readonly missing: readonly { readonly point: RunPoint; readonly failed?: string | undefined }[]
}
