import { countMemberSet, Drop, inMemberSet, type SlotTotalPayload } from '@hushgrid/messages'
import { InvalidArgumentError, type LaneVector, lanesFromExactBytes, READING_LIMIT, signedLanes } from '@hushgrid/primitives'
import type { Roster } from '../roster/roster.ts'

/** Tells whether every lane is within ±n · 2^47; a total beyond that is lost as implausible (PROTOCOL.md section 7). */
export function plausible(lanes: LaneVector, members: number): boolean {
  const limit = BigInt(members) * READING_LIMIT
  return signedLanes(lanes).every(value => value < limit && value > -limit)
}

/**
 * Checks what a result claims against the roster.
 *
 * @returns the number of contributors, and the positions of the present members that are none, ascending
 */
export function checkTotalPayload(
  total: SlotTotalPayload,
  roster: Roster
): { readonly contributors: number; readonly missing: readonly number[] } {
  const contributors = countMemberSet(total.contributors, roster.n)
  let lanes: LaneVector
  try {
    lanes = lanesFromExactBytes(total.lanes, roster.lanes.length)
  } catch (cause) {
    if (cause instanceof InvalidArgumentError) throw new Drop('wrong-shape', cause.message)
    throw cause
  }
  const missing: number[] = []
  if (contributors < roster.presentCount || roster.presentCount < roster.n) {
    for (let index = 0; index < roster.n; index++) {
      const counted = inMemberSet(total.contributors, index)
      if (roster.isAbsent(index)) {
        if (counted) throw new Drop('implausible', 'an absent member is counted')
      } else if (!counted) missing.push(index)
    }
  }
  if (contributors < roster.minMembers || !plausible(lanes, contributors)) throw new Drop('implausible')
  return { contributors, missing }
}
