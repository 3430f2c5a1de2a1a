// Meters that are missing in a slot by chance, drawn the same for all contenders.
import { SeededRng } from '@hushgrid/primitives'
import type { Simulated } from './contender.ts'

/** Moments in slots: a crash comes half a sixteenth before the slot's end, and the restart once the slot is over for all. */
const CRASH_BEFORE = 0.5 / 16
const RESTART_AFTER = 12.5 / 16

/** Tells whether a meter is missing in a slot of the run; by seed, slot and meter alone. */
export function isMissing(seed: string, dropout: number, slot: number, meter: number): boolean {
  return dropout > 0 && new SeededRng(`${seed} missing in ${slot}: ${meter}`).uniform() < dropout
}

/** Slots of a run, and who may be missing in them. */
export interface DropoutPlan {
  readonly seed: string
  readonly dropout: number
  readonly meters: number
  readonly first: number
  /** Slot after the last. */
  readonly end: number
}

/**
 * Has each meter's process end before the slots that it is missing in, and start again with its journal once they are over: it
 * loses neither keys nor records. One that is missing in slots in a row stays down in between.
 */
export function scheduleMissing(simulated: Simulated, { seed, dropout, meters, first, end }: DropoutPlan): void {
  for (let meter = 0; meter < meters; meter++) {
    const missing = (slot: number): boolean => slot >= first && slot < end && isMissing(seed, dropout, slot, meter)
    for (let slot = first; slot < end; slot++) {
      if (!missing(slot) || missing(slot - 1)) continue
      let last = slot
      while (missing(last + 1)) last++
      simulated.schedule(slot - CRASH_BEFORE, () => {
        // Whom a scenario has taken away stays away.
        if (simulated.crash(meter)) simulated.schedule(last + RESTART_AFTER, () => simulated.restart(meter, 'intact'))
      })
    }
  }
}
