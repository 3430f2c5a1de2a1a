import type { RunOrder } from '../record/order.ts'
import type { EvaluatedRun } from '../record/run.ts'

/** What a run has beside its order. */
export interface RunContext {
  readonly warn: (text: string) => void
  /** Aborts when the evaluation ends before the run. */
  readonly signal: AbortSignal
}

/** Module of a run's process. */
export interface RunModule {
  run(order: RunOrder, context: RunContext): EvaluatedRun | Promise<EvaluatedRun>
}

/** Message to the process of a run. */
export interface ToRun {
  readonly order: RunOrder
  /** URL of the module that runs it. */
  readonly module: string
}

/** Message from it. */
export type FromRun =
  | { readonly type: 'warn'; readonly text: string }
  | { readonly type: 'ran'; readonly run: EvaluatedRun }
  | { readonly type: 'failed'; readonly message: string; readonly stack?: string | undefined }
