import type { ClockAnchor } from '@hushgrid/network'
import type { MeterId } from '@hushgrid/primitives'
import type { LabHome } from '../meters/home.ts'

/** A supplier beside a lab's DC-net, in a process of its own. */
export interface LabSupplier {
  /** May fetch the results. */
  readonly id: MeterId
  readonly home: LabHome
  /** Told where the results are to be had, and how the clock runs, once it does. */
  readonly begun: (aggregator: string, anchor: ClockAnchor) => void
}
