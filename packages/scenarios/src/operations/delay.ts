import { z } from 'zod'
import type { Step } from '../planner/planner.ts'
import { planDisturbance, some } from './parts/disturbance.ts'
import { at, ended } from './parts/fields.ts'
import type { Operation } from './parts/operation.ts'

/** Messages take longer, one way, in seconds of protocol time; 0 ends it. */
export interface Delay extends Step {
  readonly do: 'delay'
  readonly meters: readonly number[] | 'all'
  readonly seconds: number
}

const schema = z
  .strictObject({
    at,
    do: z.literal('delay'),
    seconds: z.number().min(0).max(3600).describe('One way, in seconds of protocol time; 0 ends it.'),
    meters: some,
    for: ended
  })
  .describe('Messages take longer. A later delay of the same meters takes its place.')

export const delay: Operation<typeof schema, Delay> = {
  schema,
  plan(planner, written) {
    planDisturbance(
      planner,
      written,
      (moment, meters, over): Delay => ({
        at: moment,
        do: 'delay',
        meters,
        seconds: over ? 0 : written.seconds
      })
    )
  },
  steps: {
    delay: {
      simulate: (target, { at: moment, meters, seconds }) => target.schedule(moment, () => target.setDelay(meters, seconds))
    }
  }
}
