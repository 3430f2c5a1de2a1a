// Faults that members' own signed messages prove (PROTOCOL.md section 8), as their proofs travel beside a roster.
import {
  DisputePayload,
  Drop,
  decodeEnvelope,
  decodeMemberSet,
  EdgeOpeningPayload,
  type Envelope,
  MalformedMessageError,
  MessageType,
  RecoveryRequestPayload,
  SHARE_BYTES,
  ShareReleasePayload,
  ShareRequestPayload,
  SubmissionPayload,
  verifyEnvelope
} from '@hushgrid/messages'
import { type Epoch, equalBytes, type MeterId, type Slot, sha256, type VerifierOf, WeakKeyError } from '@hushgrid/primitives'
import { edgeVerdict, readConflict } from '../masks/edge-evidence.ts'
import { openedSecret } from '../masks/edge-opening.ts'
import { checkPublished, shareOwners, unmask } from '../masks/share-recovery.ts'
import type { Roster } from '../roster/roster.ts'
import { fitting } from './fitting.ts'

/** A member whose own signed messages prove a fault, and the slot of it. */
export interface ProvenFault {
  readonly meterId: MeterId
  readonly slot: Slot
}

/** An envelope of a proof. */
interface Signed {
  readonly bytes: Uint8Array
  readonly envelope: Envelope
}

/** Proof of one fault: a request, and what was signed about it. */
interface Proof {
  readonly roster: Roster
  readonly signed: readonly Signed[]
  readonly isSigned: (envelope: Envelope) => boolean
}

/**
 * Finds whose faults proofs prove: one after the other, each beginning with its request. What proves nothing, or is of a
 * roster that is not held, is passed over.
 */
export function provenFaults(
  proofs: readonly Uint8Array[],
  rosterOf: (epoch: Epoch) => Roster | undefined,
  verifier: VerifierOf
): ProvenFault[] {
  return (orNothing(() => apart(proofs)) ?? []).flatMap(signed => {
    const [request] = signed
    const roster = request && rosterOf(request.envelope.epoch)
    if (!roster) return []
    const isSigned = (envelope: Envelope): boolean => verifyEnvelope(envelope, verifier(envelope.sender), roster.hash)
    const ids = orNothing(() => checkFor(signed)({ roster, signed, isSigned })) ?? []
    return ids.map(meterId => ({ meterId, slot: request.envelope.slot }))
  })
}

const REQUESTS: ReadonlySet<MessageType> = new Set([MessageType.RecoveryRequest, MessageType.ShareRequest])

/** Takes the proofs apart, by their requests. */
function apart(proofs: readonly Uint8Array[]): Signed[][] {
  const all: Signed[][] = []
  for (const bytes of proofs) {
    const envelope = decodeEnvelope(bytes)
    if (REQUESTS.has(envelope.type)) all.push([])
    all.at(-1)?.push({ bytes, envelope })
  }
  return all
}

/** Gives the check that a proof of its kind has to pass. */
function checkFor(signed: readonly Signed[]): (proof: Proof) => MeterId[] {
  if (signed[0]?.envelope.type === MessageType.RecoveryRequest) return falseDisputers
  return signed.at(-1)?.envelope.type === MessageType.EdgeOpening ? edgeLiars : spoilers
}

/** Runs a check that a message may fail; undefined where one does. */
function orNothing<T>(check: () => T): T | undefined {
  try {
    return check()
  } catch (cause) {
    if (cause instanceof Drop || cause instanceof MalformedMessageError || cause instanceof WeakKeyError) return undefined
    throw cause
  }
}

/** Gives who has disputed a request that does not name it: every meter disputes only requests that name it. */
function falseDisputers({ roster, signed, isSigned }: Proof): MeterId[] {
  const [request, dispute, ...more] = signed.map(({ envelope }) => envelope)
  if (!request || dispute?.type !== MessageType.Dispute || more.length > 0 || request.sender !== roster.aggregatorKey) return []
  const index = roster.indexOf(dispute.sender)
  const isOfOneSlot = dispute.slot === request.slot && dispute.epoch === request.epoch
  if (index === undefined || !isOfOneSlot || ![request, dispute].every(isSigned)) return []
  const isNamed = decodeMemberSet(RecoveryRequestPayload.decode(request.payload).members, roster.n).includes(index)
  const { requestHash } = DisputePayload.decode(dispute.payload)
  return !isNamed && equalBytes(requestHash, sha256(request.payload)) ? [dispute.sender] : []
}

/** Gives who has signed something else than what follows from an edge that one of the two has opened. */
function edgeLiars({ roster, signed, isSigned }: Proof): MeterId[] {
  const [request, submission, release, opened] = signed
  if (!request || !submission || !release || !opened || signed.length > 4) return []
  const conflict = readConflict({ request: request.bytes, submission: submission.bytes, release: release.bytes }, roster, isSigned)
  const sender = roster.indexOf(opened.envelope.sender)
  const { owner, holder } = conflict
  if (sender === undefined || (sender !== owner && sender !== holder) || !isSigned(opened.envelope)) return []
  const edge = {
    sender: roster.blindingKey(sender),
    other: roster.blindingKey(sender === owner ? holder : owner),
    rosterHash: roster.hash
  }
  const shared = openedSecret(edge, EdgeOpeningPayload.decode(opened.envelope.payload).opening)
  if (!shared) return []
  const { ownerLies, holderLies } = edgeVerdict(conflict, shared)
  return [...(ownerLies ? [owner] : []), ...(holderLies ? [holder] : [])].map(index => roster.meterId(index))
}

/** Gives the owner whose published corrections contradict t shares that have its own tags. */
function spoilers({ roster, signed, isSigned }: Proof): MeterId[] {
  const [request, submission, ...releases] = signed.map(({ envelope }) => envelope)
  if (!request || !submission || request.sender !== roster.aggregatorKey || submission.type !== MessageType.Submission) return []
  const { slot, epoch, payload } = request
  const all = [request, submission, ...releases]
  const owner = roster.indexOf(submission.sender)
  if (owner === undefined || all.some(each => each.slot !== slot || each.epoch !== epoch || !isSigned(each))) return []
  const published = SubmissionPayload.decode(submission.payload)
  fitting(() => checkPublished(roster, published))
  const members = new Set(decodeMemberSet(ShareRequestPayload.decode(payload).members, roster.n))
  const shares = new Map<number, Uint8Array>()
  for (const release of releases) {
    const holder = roster.indexOf(release.sender)
    if (holder === undefined || release.type !== MessageType.ShareRelease) return []
    const given = ShareReleasePayload.decode(release.payload)
    const length = SHARE_BYTES * shareOwners(roster, holder, members).length
    if (!equalBytes(given.requestHash, sha256(payload)) || given.shares.byteLength !== length) return []
    shares.set(holder, given.shares)
  }
  const { unopened } = unmask({ roster, slot, members, published: new Map([[owner, published]]) }, shares)
  return unopened.some(each => each.for === 'fit') ? [submission.sender] : []
}
