import type { BatchPeriod } from '@hushgrid/billing'

/** Terms of the readings that meters seal for their customers, and the supplier that takes them. */
export interface LabHome {
  readonly period: BatchPeriod
  readonly timeZone: string
  /** Multiaddr of the supplier's node. */
  readonly supplier: string
}
