import { z } from 'zod'
import type { Step } from '../planner/planner.ts'
import { at, meters } from './parts/fields.ts'
import type { Operation } from './parts/operation.ts'

/** Clocks are so many seconds of protocol time ahead; negative where they are behind. */
export interface Skew extends Step {
  readonly do: 'skew'
  readonly offsets: readonly (readonly [meter: number, seconds: number])[]
}

/** Slots from setting clocks anew to the submissions: the slot before is over then, and nothing is due. */
const SKEW_AHEAD = 0.1

const schema = z
  .strictObject({
    at,
    do: z.literal('skew'),
    seconds: z.number().min(0).max(3600).describe("Each meter's clock is off by an even draw from ±seconds of protocol time."),
    meters: meters.optional().describe('Only these meters; all that run where it is left out.'),
    each: z.literal('slot').optional().describe('Drawn anew in every slot until the end.')
  })
  .describe('Clocks are wrong.')

export const skew: Operation<typeof schema, Skew> = {
  schema,
  plan(planner, { at: moment, seconds, meters: named, each }) {
    const draw = (then: number): void => {
      const offsets = (named ? planner.existing({ at: then, do: 'skew' }, named) : planner.members).map(
        // Rounded to the millisecond, as clocks are read.
        meter => [meter, Math.round((2 * planner.rng.uniform() - 1) * seconds * 1000) / 1000] as const
      )
      if (offsets.length > 0) planner.add({ at: then, do: 'skew', offsets })
    }
    draw(moment)
    if (!each) return
    for (let slot = Math.floor(moment) + 1; slot < planner.slots; slot++) planner.later(Math.max(moment, slot - SKEW_AHEAD), draw)
  },
  steps: {
    skew: {
      simulate: (target, { at: moment, offsets }) =>
        target.schedule(moment, () => {
          for (const [meter, seconds] of offsets) target.setClock(meter, seconds)
        }),
      live: (target, { offsets }) => target.setClocks(offsets)
    }
  }
}
