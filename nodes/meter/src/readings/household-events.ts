import type { Slot } from '@hushgrid/primitives'
import { NodeEvents } from '@hushgrid/runtime'

/** Logs the events of a meter on either path. */
export class HouseholdEvents extends NodeEvents {
  #gap: Slot | undefined

  /** @param to - role that readings go to */
  connected(to: 'aggregator' | 'concentrator'): void {
    this.log.info('connected', { to })
  }

  /** Logs that a slot has ended without a reading. */
  noReading(slot: Slot, why: string): void {
    if (slot === this.#gap) return
    this.#gap = slot
    this.log.info('no-reading', { slot, start: this.startOf(slot), why })
  }
}
