import type { MeterId } from '@hushgrid/primitives'
import type { Roster } from '../../roster/roster.ts'

/** Differences between a roster and the one before. */
export interface RosterChanges {
  readonly joined: readonly MeterId[]
  readonly left: readonly MeterId[]
  readonly absent: readonly MeterId[]
  readonly present: readonly MeterId[]
  /** True where members take part by another roster: those above, cuts, lanes, the degree or the season's end. */
  readonly any: boolean
}

/**
 * Lists what a roster changes against the one before; everybody joins with the first. Who is not in a new season without
 * having left is absent, unless it was so before: it may join anew.
 *
 * @param leaving - tells whether a member has announced that it leaves
 */
export function changesBetween(before: Roster | undefined, after: Roster, leaving: (id: MeterId) => boolean): RosterChanges {
  const joined: MeterId[] = []
  const absent: MeterId[] = []
  const present: MeterId[] = []
  for (let index = 0; index < after.n; index++) {
    const id = after.meterId(index)
    const was = before?.indexOf(id)
    if (was === undefined) joined.push(id)
    else if (before?.isAbsent(was) !== after.isAbsent(index)) (after.isAbsent(index) ? absent : present).push(id)
  }
  const gone = (before?.members() ?? []).filter(({ meterId }) => after.indexOf(meterId) === undefined)
  const isNewSeason = before !== undefined && before.season < after.season
  const left = gone.filter(({ meterId }) => !isNewSeason || leaving(meterId)).map(({ meterId }) => meterId)
  for (const member of gone) if (!member.absent && !left.includes(member.meterId)) absent.push(member.meterId)
  const members = [joined, left, absent, present].some(list => list.length > 0)
  return { joined, left, absent, present, any: members || !before || isNewSeason || !isSame(before, after) }
}

function isSame(before: Roster, after: Roster): boolean {
  const lanes = ({ lanes: all }: Roster): string => all.map(({ obis, support }) => `${obis} ${support}`).join()
  return (
    before.degree === after.degree &&
    before.seasonEndSlot === after.seasonEndSlot &&
    before.cuts.length === after.cuts.length &&
    lanes(before) === lanes(after)
  )
}
