import type { Household } from '../keeper/household.ts'

/** What each view is given. */
export interface ViewProps {
  readonly household: Household
  /** Whether one came to it by a link, so that its heading takes the focus. */
  readonly focus: boolean
  /** Signs out, here only, and says why. */
  readonly onEnded: (notice: string) => void
}
