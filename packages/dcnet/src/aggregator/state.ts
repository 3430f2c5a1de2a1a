import type { Slot } from '@hushgrid/primitives'
import type { AggregatorCore, CollectedSlot } from './core.ts'
import type { AggregatorRecovery } from './recovery/recovery.ts'

/** A slot that has not ended, with what its mode of recovery keeps of it. */
export interface OpenSlot extends CollectedSlot {
  readonly recovery: AggregatorRecovery
}

/** An aggregator's state, with the slots that have not ended. */
export interface AggregatorState extends AggregatorCore {
  readonly open: Map<Slot, OpenSlot>
}
