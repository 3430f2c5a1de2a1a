// Our code's side of a known-answer case: each member's submission and releases in the slot, and its total.

import { addLanes, type BlindingKey, type LaneVector, readingLanes, type Slot, subtractLanes, toHex, zeroLanes } from '@hushgrid/primitives'
import { EpochMasks, SharedSecrets } from '../masks/edge-keys.ts'
import { type PrivateMask, PrivateMasks } from '../masks/private-mask.ts'
import { shareOwners, unmask } from '../masks/share-recovery.ts'
import type { Roster } from '../roster/roster.ts'

/** Answers of a present member in the slot. */
export interface Answers {
  readonly submission: LaneVector
  readonly release: LaneVector
  /** Private mask, with double mask. */
  readonly mask?: PrivateMask
  readonly sharesOf: (owners: readonly number[]) => Uint8Array
}

/** The slot of a case, with those missing in it by position. */
export interface CaseSlot {
  readonly roster: Roster
  readonly at: Slot
  readonly missing: ReadonlySet<number>
}

/** A member of a case, with its secret and what it reads. */
export interface CaseMember {
  readonly index: number
  readonly blinding: BlindingKey
  readonly reading: readonly bigint[]
}

export function answersOf({ roster, at, missing }: CaseSlot, { index, blinding, reading }: CaseMember): Answers {
  const secrets = new SharedSecrets(blinding)
  const masks = new EpochMasks(roster, index, secrets)
  const submission = addLanes(masks.mask(at), readingLanes(reading))
  const release = masks.maskTowards(at, [...missing])
  if (!roster.hasPrivateMasks) return { submission, release, sharesOf: () => new Uint8Array() }
  const privateMasks = new PrivateMasks(roster, index, secrets)
  const mask = privateMasks.of(at)
  return { submission: addLanes(submission, mask.lanes), release, mask, sharesOf: owners => privateMasks.sharesOf(at, owners) }
}

/** Gives r by owner, as in a ShareRelease; null without double mask. */
export function shareRelease({ roster, missing }: CaseSlot, index: number, { mask, sharesOf }: Answers): object | null {
  if (!mask) return null
  const owners = shareOwners(roster, index, missing)
  const shares = items(sharesOf(owners))
  return Object.fromEntries(owners.map((owner, i) => [roster.meterId(owner), shares[i]]))
}

/** Sums the readings without the missing, as the aggregator does without the messages of the silent. */
export function totalWithout(
  { roster, at, missing: left }: CaseSlot,
  present: ReadonlyMap<number, Answers>,
  silent: ReadonlySet<number>
): { total: LaneVector; unopened: string[] } {
  const total = zeroLanes(roster.lanes.length)
  const published = new Map<number, PrivateMask>()
  const shares = new Map<number, Uint8Array>()
  for (const [index, answers] of present) {
    if (left.has(index)) continue
    addLanes(total, answers.submission)
    if (left.size > 0) subtractLanes(total, answers.release)
    if (answers.mask) published.set(index, answers.mask)
    if (!silent.has(index)) shares.set(index, answers.sharesOf(shareOwners(roster, index, left)))
  }
  if (!roster.hasPrivateMasks) return { total, unopened: [] }
  const { masks, unopened } = unmask({ roster, slot: at, members: left, published }, shares)
  return { total: subtractLanes(total, masks), unopened: unopened.map(({ owner }) => roster.meterId(owner)) }
}

/** Splits bytes into items of 16, in hexadecimal. */
export function items(bytes: Uint8Array): string[] {
  return Array.from({ length: bytes.byteLength / 16 }, (_, i) => toHex(bytes.subarray(16 * i, 16 * (i + 1))))
}
