// List of all operations. A new one takes a file beside this and a line here; the schema of scenarios, planning and both
// ways of carrying out follow.
import { z } from 'zod'
import type { Step } from '../planner/planner.ts'
import type { SimulatedTarget } from '../ports/simulated-target.ts'
import { aggregatorCrash } from './aggregator-crash.ts'
import { attack } from './attack.ts'
import { blackout } from './blackout.ts'
import { crash } from './crash.ts'
import { delay } from './delay.ts'
import { heal } from './heal.ts'
import { join } from './join.ts'
import { leave } from './leave.ts'
import { loss } from './loss.ts'
import { partition } from './partition.ts'
import type { Operation, OperationSchema, StepKind } from './parts/operation.ts'
import { type WithoutEffectStep, withoutEffect } from './parts/without-effect.ts'
import { poisson } from './poisson.ts'
import { registrarCrash } from './registrar-crash.ts'
import { restart } from './restart.ts'
import { skew } from './skew.ts'

/** Operations in the order in which people are told of them. */
const LIST = [
  join,
  leave,
  crash,
  restart,
  partition,
  heal,
  delay,
  loss,
  skew,
  blackout,
  poisson,
  aggregatorCrash,
  registrarCrash,
  attack
] as const

type Listed = (typeof LIST)[number]
type SchemasOf<List extends readonly { readonly schema: unknown }[]> = { -readonly [Index in keyof List]: List[Index]['schema'] }

/** Schema of an operation in a scenario. */
export const operationSchema = z.discriminatedUnion('do', LIST.map(({ schema }) => schema) as SchemasOf<typeof LIST>)
export type ScenarioOperation = z.output<typeof operationSchema>

type StepsOf<Kinds> = {
  [Name in keyof Kinds]: Kinds[Name] extends { simulate(target: SimulatedTarget, step: infer Own): void } ? Own : never
}[keyof Kinds]

/**
 * Operation with everything drawn and resolved. `at` counts slots from 0: the whole number k is the moment when slot k's
 * submissions begin, a fraction counts on from there. Meters are numbered from 0.
 */
export type PlannedOperation =
  | (Listed extends infer Each ? (Each extends { readonly steps: infer Kinds } ? StepsOf<Kinds> : never) : never)
  | WithoutEffectStep

/** Operations by their `do`. */
export const OPERATIONS: ReadonlyMap<string, Operation<OperationSchema, Step>> = new Map(
  LIST.map(operation => [operation.schema.shape.do.value, operation])
)

/** Kinds of steps by their `do`. */
export const STEPS: ReadonlyMap<string, StepKind<Step>> = new Map<string, StepKind<Step>>([
  ...[...OPERATIONS.values()].flatMap(({ steps }) => Object.entries(steps)),
  ['without-effect', withoutEffect as StepKind<Step>]
])
