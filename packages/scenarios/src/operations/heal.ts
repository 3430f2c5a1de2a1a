import { z } from 'zod'
import type { Planner, Step } from '../planner/planner.ts'
import { at } from './parts/fields.ts'
import type { Operation } from './parts/operation.ts'
import { momentOf, unitsAheadOf } from './parts/slot-start.ts'

/** Everybody reaches everybody again. */
export interface Heal extends Step {
  readonly do: 'heal'
}

const schema = z.strictObject({ at, do: z.literal('heal') }).describe('Whoever is cut off is no longer.')

export const heal: Operation<typeof schema, Heal> = {
  schema,
  plan(planner, { at: moment }) {
    planHeal(planner, moment)
  },
  steps: {
    heal: {
      simulate: (target, step) => target.schedule(momentOf(step), () => target.heal()),
      live: target => target.heal(),
      unitsAhead: unitsAheadOf
    }
  }
}

/** Plans that everybody reaches everybody; passes over it where nobody is cut off. */
export function planHeal(planner: Planner<Heal>, moment: number): void {
  if (planner.cutOff) planner.add({ at: moment, do: 'heal' })
  else planner.passOver({ at: moment, operation: 'heal', about: undefined, why: 'nobody is cut off' })
  planner.cutOff = false
}
