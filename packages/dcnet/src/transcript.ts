import {
  decodeEnvelope,
  decodeMemberSet,
  type Envelope,
  MessageType,
  SlotTotalPayload,
  SubmissionPayload,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  addLanes,
  compareBytes,
  equalBytes,
  equalLanes,
  fromHex,
  HushgridError,
  type LaneVector,
  lanesFromExactBytes,
  type MeterId,
  type Slot,
  sha256,
  u64,
  utf8,
  VerifyKey,
  zeroLanes
} from '@hushgrid/primitives'
import type { Roster } from './roster.ts'

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
 * Replays a slot from its transcript alone: every envelope's form, sender and signature, the sum, the contributors and
 * the hash, and that the aggregator signed just this result.
 *
 * @param result - the SlotTotal envelope
 * @param envelopes - the envelopes that transcriptHash covers
 * @throws TranscriptError naming what does not fit
 */
export function replaySlot(roster: Roster, result: Uint8Array, envelopes: readonly Uint8Array[]): ReplayedSlot {
  const total = open(result, roster, 'result')
  if (total.type !== MessageType.SlotTotal) throw new TranscriptError(`result: expected a SlotTotal, got a ${total.type}`)
  if (total.sender !== roster.aggregatorKey) throw new TranscriptError('result: expected the aggregator as its sender')
  if (!verifyEnvelope(total, new VerifyKey(fromHex(roster.aggregatorKey)), roster.hash)) {
    throw new TranscriptError(`slot ${total.slot}: expected the aggregator's signature on the result`)
  }
  const [claimed, claimedLanes, contributors] = formed(`slot ${total.slot}: the result`, () => {
    const payload = SlotTotalPayload.decode(total.payload)
    const members = decodeMemberSet(payload.contributors, roster.n).map(index => roster.meterId(index))
    return [payload, lanesFromExactBytes(payload.lanes, roster.lanes.length), members] as const
  })

  const lanes = zeroLanes(roster.lanes.length)
  const senders = new Set<MeterId>()
  const hashes: Uint8Array[] = []
  for (const bytes of envelopes) {
    const envelope = open(bytes, roster, `slot ${total.slot}`)
    if (envelope.slot !== total.slot)
      throw new TranscriptError(`slot ${total.slot}: expected its own envelopes, got one of slot ${envelope.slot}`)
    if (envelope.type !== MessageType.Submission)
      throw new TranscriptError(`slot ${total.slot}: expected submissions, got a ${envelope.type}`)
    const index = roster.indexOf(envelope.sender)
    if (index === undefined || roster.isAbsent(index))
      throw new TranscriptError(`slot ${total.slot}: ${envelope.sender} is no present member`)
    if (senders.has(envelope.sender)) throw new TranscriptError(`slot ${total.slot}: ${envelope.sender} is counted twice`)
    if (!verifyEnvelope(envelope, new VerifyKey(fromHex(envelope.sender)), roster.hash)) {
      throw new TranscriptError(`slot ${total.slot}: the submission of ${envelope.sender} has no valid signature`)
    }
    senders.add(envelope.sender)
    hashes.push(envelope.hash)
    const what = `slot ${total.slot}: the submission of ${envelope.sender}`
    addLanes(
      lanes,
      formed(what, () => lanesFromExactBytes(SubmissionPayload.decode(envelope.payload).lanes, roster.lanes.length))
    )
  }
  if (contributors.length !== senders.size || contributors.some(id => !senders.has(id))) {
    throw new TranscriptError(
      `slot ${total.slot}: expected a submission of each of ${contributors.length} contributors, got ${senders.size}`
    )
  }
  if (senders.size !== roster.presentCount) {
    throw new TranscriptError(`slot ${total.slot}: expected all ${roster.presentCount} present members or releases for the missing ones`)
  }
  if (!equalBytes(transcriptHash(roster.hash, total.slot, hashes), claimed.transcriptHash)) {
    throw new TranscriptError(`slot ${total.slot}: the transcript is not the one that the result names`)
  }
  if (!equalLanes(lanes, claimedLanes)) {
    throw new TranscriptError(`slot ${total.slot}: the submissions do not add up to the result`)
  }
  return { slot: total.slot, contributors, lanes }
}

/** Runs what reads a payload; what is wrong with it becomes a TranscriptError. */
function formed<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof HushgridError) throw new TranscriptError(`${what}: ${cause.message}`)
    throw cause
  }
}

function open(bytes: Uint8Array, roster: Roster, where: string): Envelope {
  const envelope = formed(where, () => decodeEnvelope(bytes))
  if (envelope.epoch !== roster.epoch) throw new TranscriptError(`${where}: expected epoch ${roster.epoch}, got ${envelope.epoch}`)
  return envelope
}
