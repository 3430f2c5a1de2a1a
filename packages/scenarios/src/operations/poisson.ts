import type { Path, SeededRng } from '@hushgrid/primitives'
import { z } from 'zod'
import type { Misfit } from '../misfit/misfit.ts'
import type { Planner } from '../planner/planner.ts'
import { type Crash, planCrash } from './crash.ts'
import { type Join, planJoin } from './join.ts'
import { type Leave, planLeave } from './leave.ts'
import { at } from './parts/fields.ts'
import type { Operation } from './parts/operation.ts'
import type { Restart } from './restart.ts'

const rate = z.number().min(0).max(100).default(0)

const schema = z
  .strictObject({
    at,
    do: z.literal('poisson'),
    until: z.number().gt(0).optional().describe('Slot before which it ends; the end of the run where it is left out.'),
    joins: rate.describe('Expected joins a slot.'),
    leaves: rate.describe('Expected leaves a slot.'),
    crashes: rate.describe('Expected crashes a slot, before submitting.'),
    downtime: z.number().min(1).default(2).describe('Mean slots that a crashed meter is down, at least 1.')
  })
  .describe('Members come, go and crash at random, independently of each other.')

type Rates = Pick<z.output<typeof schema>, 'joins' | 'leaves' | 'crashes' | 'downtime'>
type Planned = Join | Leave | Crash | Restart

export const poisson: Operation<typeof schema, never, Planned> = {
  schema,
  newcomers: ({ joins }) => (joins > 0 ? Number.POSITIVE_INFINITY : 0),
  check: checkUntil,
  plan(planner, { at: moment, until = planner.slots, ...rates }) {
    for (let slot = Math.ceil(moment); slot < Math.min(until, planner.slots); slot++)
      planner.later(slot, () => planSlot(planner, slot, rates))
  },
  steps: {}
}

function checkUntil({ at: moment, until }: z.output<typeof schema>, path: Path): Misfit[] {
  if (until === undefined || until > moment) return []
  return [{ path: [...path, 'until'], expected: `a slot after its start, above ${moment}` }]
}

/** Draws a slot's events. Crashes come before submitting: a meter that crashes while it owes a release costs the slot. */
function planSlot(planner: Planner<Planned>, slot: number, { joins, leaves, crashes, downtime }: Rates): void {
  const { rng } = planner
  const leave = (moment: number): void => {
    for (const meter of planner.drawn(1)) planLeave(planner, moment, meter)
  }
  // The first half of a slot is in time for the registrar's next roster.
  for (let i = drawPoisson(rng, joins); i > 0; i--) planner.later(slot + rng.uniform() / 2, moment => planJoin(planner, moment))
  for (let i = drawPoisson(rng, leaves); i > 0; i--) planner.later(slot + rng.uniform() / 2, leave)
  for (let i = drawPoisson(rng, crashes); i > 0; i--) {
    const downFor = drawDowntime(rng, downtime)
    for (const meter of planner.drawn(1)) planCrash(planner, { at: slot, meter, phase: 'before-submitting' }, downFor)
  }
}

/** Draws a number of events of that rate (Knuth, The Art of Computer Programming 2, section 3.4.1, algorithm Q). */
export function drawPoisson(rng: SeededRng, rate: number): number {
  const limit = Math.exp(-rate)
  let count = 0
  for (let product = rng.uniform(); product > limit; product *= rng.uniform()) count++
  return count
}

/** Draws whole slots from a geometric distribution with that mean, at least 1. */
export function drawDowntime(rng: SeededRng, mean: number): number {
  return mean === 1 ? 1 : 1 + Math.floor(Math.log(1 - rng.uniform()) / Math.log(1 - 1 / mean))
}
