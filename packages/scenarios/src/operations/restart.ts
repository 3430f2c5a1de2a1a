import { HushgridError } from '@hushgrid/primitives'
import { z } from 'zod'
import type { Planner, Step } from '../planner/planner.ts'
import { JOURNAL_STATES, type JournalState } from '../ports/churn.ts'
import { checkChoice } from './parts/check-choice.ts'
import { at, choice } from './parts/fields.ts'
import type { Operation } from './parts/operation.ts'

/** A meter that is down starts again. */
export interface Restart extends Step {
  readonly do: 'restart'
  readonly meter: number
  readonly journal: JournalState
}

const schema = z
  .strictObject({
    at,
    do: z.literal('restart'),
    meter: choice.meter,
    meters: choice.meters,
    all: z.literal(true).optional().describe('Every meter that is down.'),
    journal: z.enum(JOURNAL_STATES).default('intact').describe('What is left of its journal.')
  })
  .describe('Crashed meters come back.')

export const restart: Operation<typeof schema, Restart> = {
  schema,
  check: (written, path) => checkChoice(written, path, ['meter', 'meters', 'all']),
  plan(planner, { at: moment, meter, meters, journal }) {
    const named = meters ?? (meter === undefined ? planner.down : [meter])
    if (named.length === 0) planner.passOver({ at: moment, operation: 'restart', about: undefined, why: 'no meter is down' })
    for (const each of named) planRestart(planner, { at: moment, meter: each, journal })
  },
  steps: {
    restart: {
      simulate: (target, { at: moment, meter, journal }) => target.schedule(moment, () => target.restart(meter, journal)),
      live(target, { meter, journal }) {
        if (journal === 'rolled-back') throw new HushgridError('a rolled-back journal is for the simulator')
        return target.restart(meter, journal)
      },
      simulatedOnly: ({ journal }) => journal === 'rolled-back'
    }
  }
}

/** Plans that a meter starts again; passes it over where it is not down. */
export function planRestart(planner: Planner<Restart>, { at: moment, meter, journal }: Omit<Restart, 'do'>): void {
  if (!planner.is(meter, 'down')) {
    planner.passOverMeter({ at: moment, do: 'restart' }, meter)
    return
  }
  planner.change(meter, 'up')
  planner.add({ at: moment, do: 'restart', meter, journal })
}
