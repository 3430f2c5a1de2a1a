// The interface of a scenario's operations. `schema` and `check` are for its file; planning draws and resolves it into
// steps at their moments; each kind of step knows how to act on simulated and on real nodes.

import type { Path } from '@hushgrid/primitives'
import type { z } from 'zod'
import type { Misfit } from '../../misfit/misfit.ts'
import type { Planner, Step } from '../../planner/planner.ts'
import type { LiveTarget } from '../../ports/live-target.ts'
import type { SimulatedTarget } from '../../ports/simulated-target.ts'

/** An operation as a file writes it; its description says what happens. */
export type OperationSchema = z.ZodObject<{ at: z.ZodNumber; do: z.ZodLiteral<string> }, z.core.$strict>

/** Kind of step, and how it is carried out. */
export interface StepKind<Own extends Step> {
  /** Prepares the step before the run. */
  simulate(target: SimulatedTarget, step: Own): void
  /** Does the step at its moment; missing where only the simulator can. */
  live?(target: LiveTarget, step: Own): Promise<void>
  /** Tells whether only the simulator can do this step. */
  simulatedOnly?(step: Own): boolean
  /** Gives the units, sixteenths of a slot, by which {@link live} comes ahead of the step's moment. */
  unitsAhead?(step: Own): number
}

/**
 * An operation of scenarios.
 *
 * @typeParam Own - the steps that it brings
 * @typeParam Planned - all steps that it is planned as, of other operations too
 */
export interface Operation<Schema extends OperationSchema, Own extends Step, Planned extends Step = Own> {
  readonly schema: Schema
  readonly steps: { readonly [Name in Own['do']]: StepKind<Extract<Own, { readonly do: Name }>> }
  /** True where it is prepared before the run, so that its meters must be of the first roster. */
  readonly prepared?: true
  /** Counts the most newcomers that it brings. */
  newcomers?(written: z.output<Schema>): number
  /** Checks what the schema cannot. */
  check?(written: z.output<Schema>, path: Path): Misfit[]
  plan(planner: Planner<Planned>, written: z.output<Schema>): void
}
