import type { BatchPeriod } from '@hushgrid/billing'

/** What meters seal for their customers, and where they bring it. */
export interface LabHome {
  readonly period: BatchPeriod
  readonly timeZone: string
  /** Multiaddr of the supplier's node. */
  readonly supplier: string
}
