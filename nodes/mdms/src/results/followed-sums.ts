import type { FollowedResult } from '@hushgrid/network'
import type { Withheld } from '@hushgrid/primitives'

/** A DC-net's result as it was followed; `lanes` of a total has the lanes that are not withheld, in the network's order. */
export type FollowedSums = FollowedResult & {
  /** Lanes without a total, by OBIS code; none unless given. */
  readonly withheld?: Readonly<Record<string, Withheld>>
}
