// Two signed messages about one edge that cannot both be true (PROTOCOL.md section 7, recovery 2, step 4): an owner's
// submission with the tag of a share, and a holder's release with another share. One of the two lies.
import {
  Drop,
  decodeEnvelope,
  decodeMemberSet,
  type Envelope,
  MessageType,
  SHARE_BYTES,
  ShareReleasePayload,
  ShareRequestPayload,
  SubmissionPayload,
  TAG_BYTES
} from '@hushgrid/messages'
import { equalBytes, fromHex, type Slot, sha256 } from '@hushgrid/primitives'
import { fitting } from '../protocol/fitting.ts'
import type { Roster } from '../roster/roster.ts'
import { type MaskOwner, ShareTags, shareOf } from './private-mask.ts'
import { checkPublished, shareOwners } from './share-recovery.ts'

/** What the two messages say of the edge. */
export interface EdgeConflict {
  readonly roster: Roster
  readonly slot: Slot
  /** Positions in the roster. */
  readonly owner: number
  readonly holder: number
  /** Tag in the owner's submission, 8 bytes, and share in the holder's release, 16 bytes. */
  readonly tag: Uint8Array
  readonly share: Uint8Array
}

/**
 * Reads the evidence of a conflict.
 *
 * @param isSigned - tells whether an envelope is its sender's, under the roster
 * @throws Drop unless the messages are signed, belong together, and contradict each other
 */
export function readConflict(
  { request, submission, release }: Readonly<Record<'request' | 'submission' | 'release', Uint8Array>>,
  roster: Roster,
  isSigned: (envelope: Envelope) => boolean
): EdgeConflict {
  const [asked, owned, held] = [request, submission, release].map(bytes => decodeEnvelope(bytes)) as [Envelope, Envelope, Envelope]
  const types = [MessageType.ShareRequest, MessageType.Submission, MessageType.ShareRelease]
  const fits = [asked, owned, held].every((each, i) => each.type === types[i] && each.epoch === roster.epoch && each.slot === asked.slot)
  const [owner, holder] = [roster.indexOf(owned.sender), roster.indexOf(held.sender)]
  if (!fits || asked.sender !== roster.aggregatorKey || owner === undefined || holder === undefined)
    throw new Drop('wrong-shape', 'expected a request for shares, a submission and a release of one slot')
  if (![asked, owned, held].every(isSigned)) throw new Drop('bad-signature')
  const published = SubmissionPayload.decode(owned.payload)
  fitting(() => checkPublished(roster, published))
  const { requestHash, shares } = ShareReleasePayload.decode(held.payload)
  const members = new Set(decodeMemberSet(ShareRequestPayload.decode(asked.payload).members, roster.n))
  const owners = shareOwners(roster, holder, members)
  const at = owners.indexOf(owner)
  if (!equalBytes(requestHash, sha256(asked.payload)) || shares.byteLength !== SHARE_BYTES * owners.length || at < 0)
    throw new Drop('wrong-shape', 'expected a release of the owner’s share for this request')
  const x = roster.neighbours(owner).indexOf(holder)
  const tag = published.tags.subarray(TAG_BYTES * x, TAG_BYTES * (x + 1))
  const share = shares.subarray(SHARE_BYTES * at, SHARE_BYTES * (at + 1))
  const conflict = { roster, slot: asked.slot, owner, holder, tag, share }
  if (equalBytes(tagOf(conflict, share), tag)) throw new Drop('wrong-shape', 'expected a share that lacks the owner’s tag')
  return conflict
}

/** Who of the two has signed something else than what follows from the pair's shared secret. */
export interface EdgeVerdict {
  readonly ownerLies: boolean
  readonly holderLies: boolean
}

/** Tells from the pair's shared secret, which an edge opening shows, who has signed otherwise. */
export function edgeVerdict(conflict: EdgeConflict, shared: Uint8Array): EdgeVerdict {
  const { roster, holder } = conflict
  const share = shareOf(shared, ownerOf(conflict), roster.meterId(holder))
  return { ownerLies: !equalBytes(tagOf(conflict, share), conflict.tag), holderLies: !equalBytes(share, conflict.share) }
}

function ownerOf({ roster, slot, owner }: Omit<EdgeConflict, 'tag' | 'share'>): MaskOwner {
  return { rosterHash: roster.hash, owner: roster.meterId(owner), slot }
}

function tagOf(conflict: Omit<EdgeConflict, 'tag' | 'share'>, share: Uint8Array): Uint8Array {
  return new ShareTags(ownerOf(conflict)).of(share, fromHex(conflict.roster.meterId(conflict.holder)))
}
