// Our code's side of a known-answer case: each member's submission and releases in the slot, and its totals.
import { SHARE_BYTES, TAG_BYTES } from '@hushgrid/messages'
import { addLanes, type BlindingKey, type LaneVector, readingLanes, type Slot, subtractLanes, toHex, zeroLanes } from '@hushgrid/primitives'
import { EpochMasks, SharedSecrets } from '../masks/edge-keys.ts'
import { type PrivateMask, PrivateMasks } from '../masks/private-mask.ts'
import { type Conflict, shareOwners, unmask } from '../masks/share-recovery.ts'
import { pickLanes } from '../roster/mask-graph.ts'
import type { Roster } from '../roster/roster.ts'

/** Answers of a present member in the slot. */
export interface Answers {
  readonly submission: LaneVector
  /** Masks towards the missing, in all lanes. */
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

/** Members by position that do not answer for shares as they should. */
export interface Hostile {
  readonly silent: ReadonlySet<number>
  /** Members that turn over the lowest bit of every byte of their shares. */
  readonly lying: ReadonlySet<number>
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
  const shares = items(sharesOf(owners), SHARE_BYTES)
  return Object.fromEntries(owners.map((owner, i) => [roster.meterId(owner), shares[i]]))
}

/** A sum without the missing, and what came to light on the way. */
interface Sum {
  readonly total: LaneVector
  /** Owners whose private masks stay closed. */
  readonly unopened: readonly string[]
  readonly conflicts: readonly Conflict[]
}

/** Sums the readings without the missing in some lanes, as the aggregator does. */
export function totalWithout(
  { roster, at, missing: left }: CaseSlot,
  lanes: readonly number[],
  present: ReadonlyMap<number, Answers>,
  { silent, lying }: Hostile
): Sum {
  const sum = zeroLanes(roster.lanes.length)
  const published = new Map<number, PrivateMask>()
  const shares = new Map<number, Uint8Array>()
  for (const [index, answers] of present) {
    if (left.has(index)) continue
    addLanes(sum, answers.submission)
    if (left.size > 0) subtractLanes(sum, answers.release)
    if (answers.mask) published.set(index, answers.mask)
    const held = answers.sharesOf(shareOwners(roster, index, left))
    if (!silent.has(index)) shares.set(index, lying.has(index) ? held.map(byte => byte ^ 1) : held)
  }
  if (!roster.hasPrivateMasks) return { total: pickLanes(sum, lanes), unopened: [], conflicts: [] }
  const { masks, unopened, conflicts } = unmask({ roster, slot: at, members: left, published }, shares)
  const total = pickLanes(subtractLanes(sum, masks), lanes)
  return { total, unopened: unopened.map(({ owner }) => roster.meterId(owner)), conflicts }
}

/** Splits the tags of a submission, in hexadecimal. */
export function tagsOf({ tags }: PrivateMask): string[] {
  return items(tags, TAG_BYTES)
}

/** Splits the corrections of a submission, in hexadecimal. */
export function correctionsOf({ corrections }: PrivateMask): string[] {
  return items(corrections, SHARE_BYTES)
}

function items(bytes: Uint8Array, size: number): string[] {
  return Array.from({ length: bytes.byteLength / size }, (_, i) => toHex(bytes.subarray(size * i, size * (i + 1))))
}
