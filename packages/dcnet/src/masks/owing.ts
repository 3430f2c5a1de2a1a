import type { Roster } from '../roster/roster.ts'

/** Gives the positions of the present members outside M with an uncut mask neighbour in M: each owes a release. */
export function owingRelease(roster: Roster, members: Iterable<number>): Set<number> {
  const missing = new Set(members)
  const owing = new Set<number>()
  for (const member of missing) {
    for (const index of roster.neighbours(member))
      if (!roster.isAbsent(index) && !missing.has(index) && !roster.isCut(member, index)) owing.add(index)
  }
  return owing
}

/** Tells whether a member outside M has an uncut mask neighbour in M. */
export function owesRelease(roster: Roster, member: number, members: ReadonlySet<number>): boolean {
  return roster.neighbours(member).some(index => members.has(index) && !roster.isCut(member, index))
}
