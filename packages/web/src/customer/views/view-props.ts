import type { Household } from '../keeper/household.ts'

/** Properties of each view. */
export interface ViewProps {
  readonly household: Household
  /** True where the customer came by a link, so that the heading takes the focus. */
  readonly focus: boolean
  /** Signs out, here only, and says why. */
  readonly onEnded: (notice: string) => void
}
