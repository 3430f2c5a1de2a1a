import type { Slot } from '@hushgrid/primitives'
import type { ShownContender } from '../contender/contender.ts'
import type { LabEvent, SlotRow } from '../neighbourhood/events.ts'
import type { LabNeighbourhood, LabSample } from '../neighbourhood/neighbourhood.ts'
import type { LabPlan } from './plan.ts'

/** A run as a page gets it. */
export interface LabRun {
  readonly plan: LabPlan
  /** Neighbourhood that has not formed yet. */
  readonly neighbourhood: LabNeighbourhood
  /** Ends the run and forms the neighbourhood anew on the same readings. */
  readonly switchTo: (to: ShownContender) => void
}

/** Shows runs to a person while they go on. */
export interface LabPage {
  readonly url: string
  /** Notes that a run begins to form. */
  begin(run: LabRun): void
  event(event: LabEvent): void
  /** Notes that the clock runs. */
  running(sample: LabSample, firstSlot: Slot): void
  over(row: SlotRow, sample: LabSample): void
  /** Notes that no run follows. */
  ended(): void
  stop(): Promise<void>
}
