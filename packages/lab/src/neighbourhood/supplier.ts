import type { ClockAnchor } from '@hushgrid/network'
import type { MeterId } from '@hushgrid/primitives'
import type { LabHome } from '../meters/home.ts'

/** A supplier beside a lab's DC-net, in a process of its own. */
export interface LabSupplier {
  /** Key of the supplier, which may fetch the results. */
  readonly id: MeterId
  /** Terms of the meters' sealing, where they have customers. */
  readonly home?: LabHome
  /** Takes the address of the results and the clock's anchor, once the clock runs. */
  readonly begun: (aggregator: string, anchor: ClockAnchor) => void
  /** Takes an anchor from which on the clock goes at another rate. */
  readonly paced?: (anchor: ClockAnchor) => void
}
