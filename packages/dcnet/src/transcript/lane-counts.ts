// Who can fill the lanes of a total, those included that the roster leaves out, and which lanes a total lacks for that.
import type { LaneCount } from '@hushgrid/messages'
import type { LaneTerms, ObisCode, Withheld } from '@hushgrid/primitives'
import { components } from '@hushgrid/topology'
import type { CheckedRoster } from '../roster/checked-roster.ts'
import { maskGraphOf, openLanesOf } from '../roster/mask-graph.ts'

/** Lane of a network, as its file has it. */
export type NetworkLane = Pick<LaneTerms, 'obis' | 'support'>

/** A roster, with what the credentials say beside it. */
type WithCredentials = Pick<CheckedRoster, 'roster' | 'leftOut'>

/**
 * Counts who can fill each lane in a total: the roster's lanes in its order, then those of the network that it leaves out.
 *
 * @param lanes - of the network
 * @param missing - positions of the present members that are not in the total
 */
export function laneCounts({ roster, leftOut }: WithCredentials, lanes: readonly NetworkLane[], missing: ReadonlySet<number>): LaneCount[] {
  const open = openLanesOf(roster, missing) ?? []
  const parts = components(maskGraphOf(roster), missing)
  const fewest = (can: (index: number) => boolean): number => Math.min(...parts.map(part => part.filter(can).length))
  const own = roster.lanes.map(({ obis, support }, lane) => {
    const able = fewest(index => roster.canFill(index, lane))
    return { obis, able, needed: support, open: open.includes(lane) }
  })
  const known = new Set<ObisCode>(roster.lanes.map(({ obis }) => obis))
  const others = lanes.flatMap(({ obis, support }) => {
    if (known.has(obis)) return []
    const laneOf = (index: number) => leftOut[index]?.find(lane => lane.obis === obis)
    const allConsent = parts.flat().every(index => laneOf(index)?.consent !== false)
    return [
      {
        obis,
        able: fewest(index => laneOf(index) !== undefined),
        needed: allConsent ? support : Math.max(support, roster.minMembers),
        open: false
      }
    ]
  })
  return [...own, ...others]
}

/** Gives the lanes that a total lacks by its counts, each with the reason. */
export function withheldBy(counts: readonly LaneCount[], contributors: number): Readonly<Record<string, Withheld>> {
  return Object.fromEntries(counts.flatMap(({ obis, able, needed, open }) => (open ? [] : [[obis, { able, of: contributors, needed }]])))
}

/** Sets of missing members whose reasons are remembered for a roster: all meters of a process ask for the same one. */
const KEPT_SETS = 16
const reasons = new WeakMap<WithCredentials['leftOut'], Map<string, Readonly<Record<string, Withheld>>>>()

/**
 * Gives the lanes of a network that a total lacks, each with the reason, by OBIS code.
 *
 * @param lanes - of the network
 * @param missing - positions of the present members that are not in the total
 */
export function withheldIn(
  checked: WithCredentials,
  lanes: readonly NetworkLane[],
  missing: ReadonlySet<number>
): Readonly<Record<string, Withheld>> {
  const { roster, leftOut } = checked
  const known = reasons.get(leftOut) ?? new Map<string, Readonly<Record<string, Withheld>>>()
  reasons.set(leftOut, known)
  const name = [...lanes.map(({ obis, support }) => `${obis} ${support}`), ...[...missing].sort((a, b) => a - b)].join()
  const before = known.get(name)
  if (before) return before
  const made = withheldBy(laneCounts(checked, lanes, missing), roster.presentCount - missing.size)
  known.set(name, made)
  const [oldest] = known.keys()
  if (known.size > KEPT_SETS && oldest !== undefined) known.delete(oldest)
  return made
}
