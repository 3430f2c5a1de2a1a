import { type Envelope, MessageType, SHARE_BYTES, ShareReleasePayload } from '@hushgrid/messages'
import { checkLength, equalBytes, type LaneVector, sha256, subtractLanes } from '@hushgrid/primitives'
import { shareOwners, unmask } from '../../masks/share-recovery.ts'
import { eachOnce, ofType, TranscriptError } from './envelopes.ts'
import { takeOffReleases } from './releases.ts'
import type { Replay, SlotUnderReplay } from './replay.ts'

/** Double mask: the request for shares, the masks towards missing members, then the private masks of all who are in. */
export const DOUBLE_MASK: Replay = {
  request: MessageType.ShareRequest,
  answers: new Set([MessageType.MaskRelease, MessageType.ShareRelease]),
  takeOff(replayed) {
    const { slot, envelopes, lanes } = replayed
    const [shareRequest, ...more] = ofType(envelopes, this.request)
    if (!shareRequest || more.length > 0)
      throw new TranscriptError(`slot ${slot}: expected one request for shares, got ${more.length + (shareRequest ? 1 : 0)}`)
    takeOffReleases(replayed, shareRequest)
    subtractLanes(lanes, openedMasks(replayed, shareRequest))
  }
}

/** Σ of the contributors' private masks, out of the shares that were released for just this request. */
function openedMasks({ roster, slot, missing, published, envelopes }: SlotUnderReplay, request: Envelope): LaneVector {
  const members = new Set(missing)
  const requestHash = sha256(request.payload)
  const shares = new Map<number, Uint8Array>()
  eachOnce(roster, ofType(envelopes, MessageType.ShareRelease), 'release of shares', envelope => {
    const release = ShareReleasePayload.decode(envelope.payload)
    const holder = roster.indexOf(envelope.sender) as number
    if (!equalBytes(release.requestHash, requestHash) || members.has(holder))
      throw new TranscriptError(`slot ${slot}: a release of shares for another request`)
    shares.set(holder, checkLength(release.shares, SHARE_BYTES * shareOwners(roster, holder, members).length, 'shares'))
  })
  const { masks, unopened, used } = unmask({ roster, slot, members, published }, shares)
  const [first] = unopened
  if (first) {
    const why = first.for === 'shares' ? 'too few shares' : 'shares that do not fit'
    throw new TranscriptError(`slot ${slot}: expected the private mask of ${roster.meterId(first.owner)} to open, got ${why}`)
  }
  const idle = shares.size - new Set([...used.values()].flat()).size
  if (idle > 0) throw new TranscriptError(`slot ${slot}: expected releases of which a share is used, got ${idle === 1 ? 'one' : idle} more`)
  return masks
}
