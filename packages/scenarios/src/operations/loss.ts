import { z } from 'zod'
import type { Step } from '../planner/planner.ts'
import { planDisturbance, some } from './parts/disturbance.ts'
import { at, ended } from './parts/fields.ts'
import type { Operation } from './parts/operation.ts'

/** A share of the messages is lost, 0 to 1; 0 ends it. */
export interface Loss extends Step {
  readonly do: 'loss'
  readonly meters: readonly number[] | 'all'
  readonly rate: number
}

const schema = z
  .strictObject({
    at,
    do: z.literal('loss'),
    rate: z.number().min(0).max(1).describe('Share of the messages that get lost; 0 ends it.'),
    meters: some,
    for: ended
  })
  .describe('Messages get lost. A later loss of the same meters takes its place.')

export const loss: Operation<typeof schema, Loss> = {
  schema,
  plan(planner, written) {
    planDisturbance(planner, written, (moment, meters, over): Loss => ({ at: moment, do: 'loss', meters, rate: over ? 0 : written.rate }))
  },
  steps: {
    loss: {
      simulate: (target, { at: moment, meters, rate }) => target.schedule(moment, () => target.setLoss(meters, rate))
    }
  }
}
