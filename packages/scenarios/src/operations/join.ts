import { z } from 'zod'
import type { Planner, Step } from '../planner/planner.ts'
import { at } from './parts/fields.ts'
import type { Operation } from './parts/operation.ts'

/** A new meter, or one that has left, asks to be taken in. */
export interface Join extends Step {
  readonly do: 'join'
  readonly meter: number
}

const schema = z
  .strictObject({ at, do: z.literal('join'), count: z.int().min(1).max(1000).default(1).describe('How many newcomers.') })
  .describe('New meters ask to be taken in.')

export const join: Operation<typeof schema, Join> = {
  schema,
  newcomers: ({ count }) => count,
  plan(planner, { at: moment, count }) {
    for (let i = 0; i < count; i++) planJoin(planner, moment)
  },
  steps: {
    join: {
      simulate: (target, { at: moment, meter }) => target.schedule(moment, () => target.join(meter)),
      live: (target, { meter }) => target.join(meter)
    }
  }
}

/** Plans that the given meter, or one with the next free number, joins; passes it over where it is a member. */
export function planJoin(planner: Planner<Join>, moment: number, meter = planner.newcomer): void {
  if (planner.isMember(meter)) {
    planner.passOverMeter({ at: moment, do: 'join' }, meter)
    return
  }
  planner.change(meter, 'up')
  planner.add({ at: moment, do: 'join', meter })
}
