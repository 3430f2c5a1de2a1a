import { z } from 'zod'
import type { Step } from '../planner/planner.ts'
import { type Heal, planHeal } from './heal.ts'
import { checkChoice } from './parts/check-choice.ts'
import { at, choice, ended } from './parts/fields.ts'
import type { Operation } from './parts/operation.ts'
import { momentOf, unitsAheadOf } from './parts/slot-start.ts'

/** Meters are cut off from everybody else, but not from each other. */
export interface Partition extends Step {
  readonly do: 'partition'
  readonly meters: readonly number[]
}

const schema = z
  .strictObject({ at, do: z.literal('partition'), ...choice, for: ended })
  .describe('These meters are cut off from everybody else, but not from each other.')

export const partition: Operation<typeof schema, Partition, Partition | Heal> = {
  schema,
  check: (written, path) => checkChoice(written, path),
  plan(planner, written) {
    const { at: moment, for: slots } = written
    const meters = planner.chosen(written)
    if (meters.length === 0) return
    planner.add({ at: moment, do: 'partition', meters })
    planner.cutOff = true
    if (slots !== undefined) planner.later(moment + slots, then => planHeal(planner, then), true)
  },
  steps: {
    partition: {
      simulate: (target, step) => target.schedule(momentOf(step), () => target.partition(step.meters)),
      live: (target, { meters }) => target.partition(meters),
      unitsAhead: unitsAheadOf
    }
  }
}
