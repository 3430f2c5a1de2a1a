// Totals of a slot: which lanes they have, and whether they can be true.
import { countMemberSet, Drop, inMemberSet, type SlotTotalPayload } from '@hushgrid/messages'
import { type LaneVector, lanesFromExactBytes, type ObisCode, signedLanes } from '@hushgrid/primitives'
import { fitting } from '../protocol/fitting.ts'
import { openLanesOf } from '../roster/mask-graph.ts'
import type { Roster } from '../roster/roster.ts'

/**
 * Tells whether every lane of a total is within ±k · maxReading, k the contributors that can fill it; a total beyond that is
 * lost as implausible (PROTOCOL.md section 7).
 *
 * @param open - positions of the lanes in the roster
 * @param missing - positions of the present members that are not in the total
 */
export function plausible(lanes: LaneVector, roster: Roster, open: readonly number[], missing: ReadonlySet<number>): boolean {
  return signedLanes(lanes).every((value, i) => {
    const lane = open[i] as number
    let able = 0
    for (let index = 0; index < roster.n; index++) if (!roster.isAbsent(index) && !missing.has(index) && roster.canFill(index, lane)) able++
    const limit = BigInt(able) * BigInt(roster.lanes[lane]?.maxReading ?? 0)
    return value <= limit && value >= -limit
  })
}

/** A total that a result claims, once it fits the roster. */
export interface ClaimedTotal {
  readonly contributors: number
  /** Positions of the present members that are none, ascending. */
  readonly missing: readonly number[]
  readonly lanes: LaneVector
  /** Positions of its lanes in the roster. */
  readonly open: readonly number[]
}

/**
 * Checks what a result claims against the roster: its members, its lanes L(M), and that each is plausible.
 *
 * @throws Drop (wrong-shape, implausible)
 */
export function checkTotalPayload(total: SlotTotalPayload, roster: Roster): ClaimedTotal {
  const contributors = countMemberSet(total.contributors, roster.n)
  const missing: number[] = []
  if (contributors < roster.presentCount || roster.presentCount < roster.n) {
    for (let index = 0; index < roster.n; index++) {
      const counted = inMemberSet(total.contributors, index)
      if (roster.isAbsent(index)) {
        if (counted) throw new Drop('implausible', 'an absent member is counted')
      } else if (!counted) missing.push(index)
    }
  }
  const left = new Set(missing)
  const open = openLanesOf(roster, left)
  if (!open) throw new Drop('implausible', 'members in a component that is too small, or no lane that enough of them can fill')
  const lanes = fitting(() => lanesFromExactBytes(total.lanes, open.length))
  if (!plausible(lanes, roster, open, left)) throw new Drop('implausible')
  return { contributors, missing, lanes, open }
}

/** Gives the OBIS codes of lanes by position. */
export function codesOf({ lanes }: Roster, open: readonly number[]): ObisCode[] {
  return open.flatMap(lane => lanes[lane]?.obis ?? [])
}
