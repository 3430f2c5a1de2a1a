/** What happens when members are missing (PROTOCOL.md section 7); a mode's index is its byte in the roster hash. */
export const RECOVERY_MODES = ['none', 'edge-release', 'double-mask'] as const
export type RecoveryMode = (typeof RECOVERY_MODES)[number]
/** The modes that do recover. */
export type RecoveringMode = Exclude<RecoveryMode, 'none'>

/** h: the fewest honest readings in any sum that can be learnt (PROTOCOL.md section 5). */
export const HONEST_IN_SUM = 3

/** Double mask numbers the holders of a meter's shares 1 … 254 in GF(2^8) (PROTOCOL.md section 7). */
export const MAX_SHARE_HOLDERS = 254

/** f = ceil(d/2): so many of its d neighbours must stay before a meter releases edge masks (PROTOCOL.md section 7). */
export function releaseThreshold(neighbours: number): number {
  return Math.ceil(neighbours / 2)
}

/** t = floor(2d/3) + 1: so many of a meter's d neighbours restore its private mask (PROTOCOL.md section 7). */
export function shareThreshold(neighbours: number): number {
  return Math.floor((2 * neighbours) / 3) + 1
}

/** f or t: so many of a meter's d neighbours must be present for a slot to be recovered. */
export function neighboursNeeded(recovery: RecoveringMode, neighbours: number): number {
  return recovery === 'edge-release' ? releaseThreshold(neighbours) : shareThreshold(neighbours)
}

/**
 * c: while at most so many of a meter's d neighbours collude, its reading is learnt only in sums over at least h honest
 * ones, whoever lies (PROTOCOL.md sections 5 and 7). Negative where no meter is safe even without colluders, as on the
 * plain ring.
 *
 * Edge release: a meter that releases keeps f neighbours in the sum, so f − c honest ones beside itself. Double mask: an
 * aggregator that shows different lists of the missing needs t neighbours behind each of two, and two sets of t out of
 * d share at least 2t − d.
 */
export function colludersTolerated(recovery: RecoveringMode, neighbours: number, honest = HONEST_IN_SUM): number {
  const kept = recovery === 'edge-release' ? releaseThreshold(neighbours) : 2 * shareThreshold(neighbours) - neighbours
  return kept - honest + 1
}
