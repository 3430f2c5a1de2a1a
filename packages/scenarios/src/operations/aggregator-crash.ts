import { z } from 'zod'
import { at, duration } from './parts/fields.ts'
import type { Operation } from './parts/operation.ts'
import { crashing, planRoleCrash, type RoleStep, restarting } from './parts/role-crash.ts'

const schema = z
  .strictObject({ at, do: z.literal('aggregator-crash'), for: duration })
  .describe("The aggregator's process ends, and starts again.")

export const aggregatorCrash: Operation<typeof schema, RoleStep<'aggregator'>> = {
  schema,
  plan: (planner, { at: moment, for: slots }) => planRoleCrash(planner, 'aggregator', moment, slots),
  steps: { 'aggregator-crash': crashing('aggregator'), 'aggregator-restart': restarting('aggregator') }
}
