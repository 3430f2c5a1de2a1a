import {
  decodeEnvelope,
  decodeMemberSet,
  type Envelope,
  MaskReleasePayload,
  MaskRequestPayload,
  MessageType,
  RecoveryRequestPayload,
  SHARE_BYTES,
  ShareReleasePayload,
  ShareRequestPayload,
  SlotTotalPayload,
  SubmissionPayload,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  addLanes,
  checkLength,
  compareBytes,
  ed25519Verifier,
  equalBytes,
  equalLanes,
  HushgridError,
  type LaneVector,
  lanesFromExactBytes,
  type MeterId,
  type Slot,
  sha256,
  subtractLanes,
  u64,
  utf8,
  type VerifyingKey,
  zeroLanes
} from '@hushgrid/primitives'
import { owingRelease } from '../masks/owing.ts'
import { correctionBytes, type PublishedMask, shareOwners, unmask } from '../masks/share-recovery.ts'
import { RECOVERY, type Roster } from '../roster/roster.ts'

const PREFIX = utf8('hushgrid/v1/transcript')

/**
 * `transcriptHash` of PROTOCOL.md section 9.
 *
 * @param envelopeHashes - SHA-256 of each envelope used, each once, in any order
 */
export function transcriptHash(rosterHash: Uint8Array, slot: Slot, envelopeHashes: readonly Uint8Array[]): Uint8Array {
  return sha256(PREFIX, rosterHash, u64(slot), ...[...envelopeHashes].sort(compareBytes))
}

/** A transcript that does not lead to its result, and the first thing that is wrong with it. */
export class TranscriptError extends HushgridError {
  override name = 'TranscriptError'
}

/** A slot as an auditor finds it. */
export interface ReplayedSlot {
  readonly slot: Slot
  readonly contributors: readonly MeterId[]
  readonly lanes: LaneVector
}

/**
 * Replays a slot from its transcript alone: every envelope's form, sender and signature, the request and the releases
 * where members are missing, the sum, the contributors and the hash, and that the aggregator signed just this result.
 *
 * @param result - the SlotTotal envelope
 * @param envelopes - the envelopes that transcriptHash covers
 * @throws TranscriptError naming what does not fit
 */
export function replaySlot(roster: Roster, result: Uint8Array, envelopes: readonly Uint8Array[]): ReplayedSlot {
  const total = open(result, roster, 'result')
  if (total.type !== MessageType.SlotTotal) throw new TranscriptError(`result: expected a SlotTotal, got a ${total.type}`)
  if (total.sender !== roster.aggregatorKey) throw new TranscriptError('result: expected the aggregator as its sender')
  const aggregator = ed25519Verifier(roster.aggregatorKey)
  if (!verifyEnvelope(total, aggregator, roster.hash)) {
    throw new TranscriptError(`slot ${total.slot}: expected the aggregator's signature on the result`)
  }
  const where = `slot ${total.slot}`
  const [claimed, claimedLanes, contributors] = formed(`${where}: the result`, () => {
    const payload = SlotTotalPayload.decode(total.payload)
    const members = decodeMemberSet(payload.contributors, roster.n).map(index => roster.meterId(index))
    return [payload, lanesFromExactBytes(payload.lanes, roster.lanes.length), members] as const
  })

  const opened = envelopes.map(bytes => open(bytes, roster, where))
  const stranger = opened.find(envelope => envelope.slot !== total.slot)
  if (stranger) throw new TranscriptError(`${where}: expected its own envelopes, got one of slot ${stranger.slot}`)
  const ofType = (type: MessageType): Envelope[] => opened.filter(envelope => envelope.type === type)
  const submissions = ofType(MessageType.Submission)
  const doubleMask = roster.recovery === RECOVERY['double-mask']
  const requests = ofType(doubleMask ? MessageType.MaskRequest : MessageType.RecoveryRequest)
  const releases = ofType(MessageType.MaskRelease)
  const shareRequests = doubleMask ? ofType(MessageType.ShareRequest) : []
  const shareReleases = doubleMask ? ofType(MessageType.ShareRelease) : []
  const known = submissions.length + requests.length + releases.length + shareRequests.length + shareReleases.length
  if (known !== opened.length || requests.length > 1)
    throw new TranscriptError(`${where}: expected submissions, at most one request and releases, got something else`)
  const [shareRequest] = shareRequests
  if (doubleMask && (!shareRequest || shareRequests.length > 1))
    throw new TranscriptError(`${where}: expected one request for shares, got ${shareRequests.length}`)

  const lanes = zeroLanes(roster.lanes.length)
  const published = new Map<number, PublishedMask>()
  const senders = eachOnce(roster, submissions, 'submission', envelope => {
    const payload = SubmissionPayload.decode(envelope.payload)
    addLanes(lanes, lanesFromExactBytes(payload.lanes, roster.lanes.length))
    if (!doubleMask) return
    checkLength(payload.corrections, correctionBytes(roster), 'corrections')
    checkLength(payload.check, SHARE_BYTES, 'check')
    published.set(roster.indexOf(envelope.sender) as number, payload)
  })
  if (contributors.length !== senders.size || contributors.some(id => !senders.has(id))) {
    throw new TranscriptError(`${where}: expected a submission of each of ${contributors.length} contributors, got ${senders.size}`)
  }
  const missing: number[] = []
  for (let index = 0; index < roster.n; index++) if (!roster.isAbsent(index) && !senders.has(roster.meterId(index))) missing.push(index)
  checkRequest(roster, total.slot, missing, requests[0], aggregator)
  const requestHash = requests[0] && sha256(requests[0].payload)
  const releasers = eachOnce(roster, releases, 'release', envelope => {
    const release = MaskReleasePayload.decode(envelope.payload)
    if (!requestHash || !equalBytes(release.requestHash, requestHash)) throw new TranscriptError(`${where}: a release for another request`)
    subtractLanes(lanes, lanesFromExactBytes(release.lanes, roster.lanes.length))
  })
  const owing = owingRelease(roster, missing)
  if (releasers.size !== owing.size || [...owing].some(index => !releasers.has(roster.meterId(index)))) {
    throw new TranscriptError(
      `${where}: expected a release of each of the ${owing.size} neighbours of missing members, got ${releasers.size}`
    )
  }
  if (shareRequest) {
    checkNames(roster, total.slot, missing, shareRequest, aggregator)
    subtractLanes(lanes, openedMasks(roster, total.slot, missing, published, shareRequest, shareReleases))
  }
  if (
    !equalBytes(
      transcriptHash(
        roster.hash,
        total.slot,
        opened.map(envelope => envelope.hash)
      ),
      claimed.transcriptHash
    )
  ) {
    throw new TranscriptError(`${where}: the transcript is not the one that the result names`)
  }
  if (!equalLanes(lanes, claimedLanes)) throw new TranscriptError(`${where}: the submissions and releases do not add up to the result`)
  return { slot: total.slot, contributors, lanes }
}

/** Σ of the contributors' private masks, out of the shares that were released for just this request. */
function openedMasks(
  roster: Roster,
  slot: Slot,
  missing: readonly number[],
  published: ReadonlyMap<number, PublishedMask>,
  request: Envelope,
  envelopes: readonly Envelope[]
): LaneVector {
  const members = new Set(missing)
  const requestHash = sha256(request.payload)
  const shares = new Map<number, Uint8Array>()
  eachOnce(roster, envelopes, 'release of shares', envelope => {
    const release = ShareReleasePayload.decode(envelope.payload)
    const holder = roster.indexOf(envelope.sender) as number
    if (!equalBytes(release.requestHash, requestHash) || members.has(holder))
      throw new TranscriptError(`slot ${slot}: a release of shares for another request`)
    shares.set(holder, checkLength(release.shares, SHARE_BYTES * shareOwners(roster, holder, members).length, 'shares'))
  })
  const { masks, unopened } = unmask(roster, slot, members, published, shares)
  const [first] = unopened
  if (first) {
    const why = first.for === 'shares' ? 'too few shares' : 'shares that do not fit'
    throw new TranscriptError(`slot ${slot}: expected the private mask of ${roster.meterId(first.owner)} to open, got ${why}`)
  }
  return masks
}

/** Members are missing just where a request of the aggregator names them, in a network that recovers by releases. */
function checkRequest(
  roster: Roster,
  slot: Slot,
  missing: readonly number[],
  request: Envelope | undefined,
  aggregator: VerifyingKey
): void {
  if (missing.length === 0 && !request) return
  if (!request || roster.recovery === RECOVERY.none)
    throw new TranscriptError(`slot ${slot}: expected all ${roster.presentCount} present members or releases for the missing ones`)
  checkNames(roster, slot, missing, request, aggregator)
}

/** A request is the aggregator's, and names just those who are missing. */
function checkNames(roster: Roster, slot: Slot, missing: readonly number[], request: Envelope, aggregator: VerifyingKey): void {
  if (request.sender !== roster.aggregatorKey || !verifyEnvelope(request, aggregator, roster.hash))
    throw new TranscriptError(`slot ${slot}: expected the aggregator's signature on the request`)
  const members = formed(`slot ${slot}: the request`, () => decodeMemberSet(namedIn(request), roster.n))
  if (members.length !== missing.length || members.some((index, i) => index !== missing[i]))
    throw new TranscriptError(`slot ${slot}: expected a request that names the ${missing.length} missing members, got ${members.length}`)
}

function namedIn({ type, payload }: Envelope): Uint8Array {
  if (type === MessageType.MaskRequest) return MaskRequestPayload.decode(payload).members
  if (type === MessageType.ShareRequest) return ShareRequestPayload.decode(payload).members
  return RecoveryRequestPayload.decode(payload).members
}

/** Checks that each envelope is a present member's own and the only one, and takes it in. */
function eachOnce(roster: Roster, envelopes: readonly Envelope[], what: string, take: (envelope: Envelope) => void): Set<MeterId> {
  const senders = new Set<MeterId>()
  for (const envelope of envelopes) {
    const where = `slot ${envelope.slot}: the ${what} of ${envelope.sender}`
    const index = roster.indexOf(envelope.sender)
    if (index === undefined || roster.isAbsent(index))
      throw new TranscriptError(`slot ${envelope.slot}: ${envelope.sender} is no present member`)
    if (senders.has(envelope.sender)) throw new TranscriptError(`slot ${envelope.slot}: ${envelope.sender} is counted twice`)
    if (!verifyEnvelope(envelope, ed25519Verifier(envelope.sender), roster.hash))
      throw new TranscriptError(`${where} has no valid signature`)
    senders.add(envelope.sender)
    formed(where, () => take(envelope))
  }
  return senders
}

/** Runs what reads a payload; what is wrong with it becomes a TranscriptError. */
function formed<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof HushgridError && !(cause instanceof TranscriptError)) throw new TranscriptError(`${what}: ${cause.message}`)
    throw cause
  }
}

function open(bytes: Uint8Array, roster: Roster, where: string): Envelope {
  const envelope = formed(where, () => decodeEnvelope(bytes))
  if (envelope.epoch !== roster.epoch) throw new TranscriptError(`${where}: expected epoch ${roster.epoch}, got ${envelope.epoch}`)
  return envelope
}
