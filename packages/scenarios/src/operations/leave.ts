import { z } from 'zod'
import type { Planner, Step } from '../planner/planner.ts'
import { checkChoice } from './parts/check-choice.ts'
import { at, choice } from './parts/fields.ts'
import type { Operation } from './parts/operation.ts'

/** A member announces that it leaves. */
export interface Leave extends Step {
  readonly do: 'leave'
  readonly meter: number
}

const schema = z.strictObject({ at, do: z.literal('leave'), ...choice }).describe('Members announce that they leave.')

export const leave: Operation<typeof schema, Leave> = {
  schema,
  check: (written, path) => checkChoice(written, path),
  plan(planner, written) {
    for (const meter of planner.chosen(written)) planLeave(planner, written.at, meter)
  },
  steps: {
    leave: {
      simulate: (target, { at: moment, meter }) => target.schedule(moment, () => target.leave(meter)),
      live: (target, { meter }) => target.leave(meter)
    }
  }
}

/** Plans that a meter leaves; passes it over where it does not run. */
export function planLeave(planner: Planner<Leave>, moment: number, meter: number): void {
  if (!planner.is(meter, 'up')) {
    planner.passOverMeter({ at: moment, do: 'leave' }, meter)
    return
  }
  planner.change(meter, 'left')
  planner.add({ at: moment, do: 'leave', meter })
}
