import { z } from 'zod'
import { type Crash, planCrash } from './crash.ts'
import { at, choice, duration } from './parts/fields.ts'
import type { Operation } from './parts/operation.ts'
import type { Restart } from './restart.ts'

const schema = z
  .strictObject({ at, do: z.literal('blackout'), fraction: choice.fraction.unwrap(), for: duration })
  .describe('A fraction of the meters crashes at once, before submitting, and is back after so many slots.')

export const blackout: Operation<typeof schema, never, Crash | Restart> = {
  schema,
  plan(planner, written) {
    const { at: moment, for: slots } = written
    for (const meter of planner.chosen(written)) planCrash(planner, { at: moment, meter, phase: 'before-submitting' }, slots)
  },
  steps: {}
}
