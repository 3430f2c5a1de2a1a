// The operation `crash`: at a moment of a slot or of a protocol step, and for how long.
import { type Slot, slotTimes } from '@hushgrid/primitives'
import { z } from 'zod'
import type { Planner, Step } from '../planner/planner.ts'
import { CRASH_PHASES, type CrashPhase } from '../ports/churn.ts'
import type { SimulatedTarget } from '../ports/simulated-target.ts'
import { checkChoice } from './parts/check-choice.ts'
import { at, choice, duration } from './parts/fields.ts'
import type { Operation } from './parts/operation.ts'
import { planRestart, type Restart } from './restart.ts'

/** A meter's process ends. */
export interface Crash extends Step {
  readonly do: 'crash'
  readonly meter: number
  readonly phase: CrashPhase
}

const schema = z
  .strictObject({
    at,
    do: z.literal('crash'),
    ...choice,
    phase: z.enum(CRASH_PHASES).default('before-submitting').describe('When in its slot the process ends.'),
    for: duration.optional().describe('Restarted after so many slots; not at all where it is left out.')
  })
  .describe("Meters' processes end without a word.")

export const crash: Operation<typeof schema, Crash, Crash | Restart> = {
  schema,
  check: (written, path) => checkChoice(written, path),
  plan(planner, written) {
    for (const meter of planner.chosen(written)) planCrash(planner, { at: written.at, meter, phase: written.phase }, written.for)
  },
  steps: {
    crash: {
      simulate: simulateCrash,
      live: (target, { at: moment, meter, phase }) => target.crash(meter, phase, Math.floor(moment)),
      unitsAhead: ({ at: moment, phase }) => (phase !== 'while-releasing' && Number.isInteger(moment) ? 1 : 0)
    }
  }
}

/**
 * Plans that a meter crashes; passes it over where it does not run.
 *
 * @param slots - how long it is down; it stays down where this is left out
 */
export function planCrash(planner: Planner<Crash | Restart>, step: Omit<Crash, 'do'>, slots?: number): void {
  const { at: moment, meter, phase } = step
  if (!planner.is(meter, 'up')) {
    planner.passOverMeter({ at: moment, do: 'crash' }, meter)
    return
  }
  const isLast = planner.change(meter, 'down')
  planner.add({ at: moment, do: 'crash', meter, phase })
  if (slots === undefined) return
  // A restart by another operation may have come before, and then another crash.
  planner.later(moment + slots, then => isLast() && planRestart(planner, { at: then, meter, journal: 'intact' }), true)
}

/** Arms a crash of a certain phase a unit early, since it comes by the meter's own clock, which may be ahead. */
function simulateCrash(target: SimulatedTarget, { at: moment, meter, phase }: Crash): void {
  const slot = target.slot(Math.max(0, Math.ceil(moment)))
  const arm = (): void => target.armCrash(meter, phase, slot)
  if (phase === 'while-releasing') target.schedule(moment, arm)
  else if (phase === 'after-submitting') {
    target.schedule(moment - 1 / 16, arm)
    crashWithoutSubmission(target, meter, slot)
  } else {
    if (!Number.isInteger(moment)) {
      target.schedule(moment, () => target.crash(meter))
      return
    }
    target.schedule(moment - 1 / 16, arm)
    target.schedule(moment, () => {
      if (target.crashArmed(meter, slot)) target.crash(meter)
    })
  }
}

/** Ends a meter at its deadline if it was to crash after a submission that it did not make. */
function crashWithoutSubmission(target: SimulatedTarget, meter: number, slot: Slot): void {
  target.atTime(slotTimes(slot, target.slotSeconds).deadline, () => {
    if (target.crashArmed(meter, slot)) target.crash(meter)
  })
}
