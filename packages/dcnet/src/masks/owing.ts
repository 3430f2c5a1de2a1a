import type { Roster } from '../roster/roster.ts'

/** Positions of the present members outside M that have a mask neighbour in M: each of them owes a release. */
export function owingRelease(roster: Roster, members: Iterable<number>): Set<number> {
  const missing = new Set(members)
  const owing = new Set<number>()
  for (const member of missing) {
    for (const index of roster.neighbours(member)) if (!roster.isAbsent(index) && !missing.has(index)) owing.add(index)
  }
  return owing
}
