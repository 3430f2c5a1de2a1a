// What every operation of a scenario brings. What a file says of it is `schema` and `check`; planning draws and resolves it
// into steps at their moments; each kind of step knows how it is done to simulated and to real nodes.
import type { z } from 'zod'
import type { Misfit, Path } from '../../misfit/misfit.ts'
import type { Planner, Step } from '../../planner/planner.ts'
import type { LiveTarget } from '../../ports/live-target.ts'
import type { SimulatedTarget } from '../../ports/simulated-target.ts'

/** An operation as a file writes it; its description says what happens. */
export type OperationSchema = z.ZodObject<{ at: z.ZodNumber; do: z.ZodLiteral<string> }, z.core.$strict>

/** A step, carried out. */
export interface StepKind<Own extends Step> {
  /** Prepares it before the run. */
  simulate(target: SimulatedTarget, step: Own): void
  /** Does it, at its moment; missing where only the simulator can. */
  live?(target: LiveTarget, step: Own): Promise<void>
  /** Whether only the simulator can do this one. */
  simulatedOnly?(step: Own): boolean
  /** Units, sixteenths of a slot, that {@link live} comes ahead of the step's moment. */
  unitsAhead?(step: Own): number
}

/**
 * An operation of scenarios.
 *
 * @typeParam Own - the steps that it brings
 * @typeParam Planned - the steps that it is planned as, those of other operations among them
 */
export interface Operation<Schema extends OperationSchema, Own extends Step, Planned extends Step = Own> {
  readonly schema: Schema
  readonly steps: { readonly [Name in Own['do']]: StepKind<Extract<Own, { readonly do: Name }>> }
  /** It is prepared before the run, so its meters must be of the first roster. */
  readonly prepared?: true
  /** Most newcomers that it brings. */
  newcomers?(written: z.output<Schema>): number
  /** What the schema cannot say of it. */
  check?(written: z.output<Schema>, path: Path): Misfit[]
  plan(planner: Planner<Planned>, written: z.output<Schema>): void
}
