// Whom a meter deals with, in schemes whose meters deal with some others only.
import type { MeterId } from '@hushgrid/primitives'
import { completeDegree, neighbourPositions } from '@hushgrid/topology'
import type { Group } from '../scheme.ts'

/**
 * Gives the neighbours of a member in ascending order: those near it on the ring that members form in their order.
 *
 * @param degree - even; everybody else unless given
 */
export function neighboursOf({ members }: Group, member: MeterId, degree?: number): MeterId[] {
  // A meter alone has nobody to hide among, and the ring needs two.
  if (members.length < 2) return []
  const positions = neighbourPositions(members.indexOf(member), members.length, degree ?? completeDegree(members.length))
  return positions.map(position => members[position] as MeterId)
}

/**
 * Gives a member and all whom it reaches over neighbours without those that are left out: by differences of totals, and of
 * openings, nobody learns less than their sum.
 */
export function reachable(group: Group, member: MeterId, without: ReadonlySet<MeterId>, degree?: number): Set<MeterId> {
  const reached = new Set([member])
  // A set goes on to what is added to it on the way.
  for (const id of reached) for (const next of neighboursOf(group, id, degree)) if (!without.has(next)) reached.add(next)
  return reached
}
