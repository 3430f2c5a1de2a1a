/** Most rosters that a journal keeps; a node that has to catch up on more was away from their slots anyway. */
const MOST = 8
/** Fewest rosters that it keeps: the one in force, and the one before it, whose slots may still be open. */
const LEAST = 2

/**
 * Counts the rosters at the beginning of a journal that can be given up. A roster stays if it was in force in the journal's
 * newest slot, in the slot before that, or later.
 *
 * @param from - first slot of each roster, in the order they were taken up
 * @param newestSlot - newest slot that the journal has a record of, −1 where it has none
 */
export function spentRosters(from: readonly number[], newestSlot: number): number {
  const inForce = from.findLastIndex(first => first < newestSlot)
  return Math.max(0, from.length - MOST, Math.min(inForce, from.length - LEAST))
}
