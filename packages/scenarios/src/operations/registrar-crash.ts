import { z } from 'zod'
import { at, duration } from './parts/fields.ts'
import type { Operation } from './parts/operation.ts'
import { crashing, planRoleCrash, type RoleStep, restarting } from './parts/role-crash.ts'

const schema = z
  .strictObject({ at, do: z.literal('registrar-crash'), for: duration })
  .describe("The registrar's process ends, and starts again.")

export const registrarCrash: Operation<typeof schema, RoleStep<'registrar'>> = {
  schema,
  plan: (planner, { at: moment, for: slots }) => planRoleCrash(planner, 'registrar', moment, slots),
  steps: { 'registrar-crash': crashing('registrar'), 'registrar-restart': restarting('registrar') }
}
