import { z } from 'zod'
import type { Step } from '../planner/planner.ts'
import { at } from './parts/fields.ts'
import type { Operation } from './parts/operation.ts'

/** Everybody reaches everybody again. */
export interface Heal extends Step {
  readonly do: 'heal'
}

const schema = z.strictObject({ at, do: z.literal('heal') }).describe('Whoever is cut off is no longer.')

export const heal: Operation<typeof schema, Heal> = {
  schema,
  plan(planner, { at: moment }) {
    planner.add({ at: moment, do: 'heal' })
  },
  steps: {
    heal: {
      simulate: (target, { at: moment }) => target.schedule(moment, () => target.heal()),
      live: target => target.heal()
    }
  }
}
