/** More are not kept: a node that catches up on this many was away from their slots. */
const MOST = 8
const LEAST = 2

/**
 * How many rosters at the beginning of a journal can be given up. Those stay that were used for the newest slot that the
 * journal has a record of, the slot before it, or later ones.
 *
 * @param from - the first slot for which each was used, in the order they were taken up
 * @param newestSlot - −1 where there is no record of a slot
 */
export function spentRosters(from: readonly number[], newestSlot: number): number {
  const inForce = from.findLastIndex(first => first < newestSlot)
  return Math.max(0, from.length - MOST, Math.min(inForce, from.length - LEAST))
}
