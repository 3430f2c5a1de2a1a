// Replay of a slot by an auditor: from its transcript alone, with the roster that it belongs to.
import { decodeMemberSet, type Envelope, MessageType, SlotTotalPayload, SubmissionPayload, verifyEnvelope } from '@hushgrid/messages'
import {
  addLanes,
  ed25519Verifier,
  equalBytes,
  type LaneVector,
  lanesFromExactBytes,
  lanesToBytes,
  type MeterId,
  type ObisCode,
  type Slot,
  zeroLanes
} from '@hushgrid/primitives'
import { checkPublished, type PublishedMask } from '../masks/share-recovery.ts'
import { recoveryOf } from '../recovery-modes.ts'
import { openLanesOf, pickLanes } from '../roster/mask-graph.ts'
import type { Roster } from '../roster/roster.ts'
import { transcriptHash } from './hash.ts'
import { eachOnce, formed, ofType, open, TranscriptError } from './replay/envelopes.ts'
import { codesOf, plausible } from './total.ts'

/** A slot as an auditor finds it. */
export interface ReplayedSlot {
  readonly slot: Slot
  readonly contributors: readonly MeterId[]
  /** Positions of the present members that are none, ascending. */
  readonly missing: readonly number[]
  /** Sums of the lanes L(M), in the roster's order. */
  readonly lanes: LaneVector
  /** Codes of these lanes. */
  readonly open: readonly ObisCode[]
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
  const [claimed, contributors] = formed(`${where}: the result`, () => {
    const payload = SlotTotalPayload.decode(total.payload)
    return [payload, decodeMemberSet(payload.contributors, roster.n).map(index => roster.meterId(index))] as const
  })

  const opened = envelopes.map(bytes => open(bytes, roster, where))
  const stranger = opened.find(envelope => envelope.slot !== total.slot)
  if (stranger) throw new TranscriptError(`${where}: expected its own envelopes, got one of slot ${stranger.slot}`)
  const { replay } = recoveryOf(roster)
  const counts = (type: MessageType): number => ofType(opened, type).length
  const known = [MessageType.Submission, replay.request, ...replay.answers].reduce((sum, type) => sum + counts(type), 0)
  if (known !== opened.length || counts(replay.request) > 1)
    throw new TranscriptError(`${where}: expected submissions, at most one request and releases, got something else`)

  const { lanes, published, senders } = addedUp(roster, ofType(opened, MessageType.Submission))
  if (contributors.length !== senders.size || contributors.some(id => !senders.has(id))) {
    throw new TranscriptError(`${where}: expected a submission of each of ${contributors.length} contributors, got ${senders.size}`)
  }
  const missing: number[] = []
  for (let index = 0; index < roster.n; index++) if (!roster.isAbsent(index) && !senders.has(roster.meterId(index))) missing.push(index)
  const inTotal = openLanesOf(roster, new Set(missing))
  if (!inTotal) throw new TranscriptError(`${where}: expected members enough in every component, and a lane that enough of them can fill`)
  replay.takeOff({ roster, slot: total.slot, aggregator, envelopes: opened, missing, published, lanes })
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
  const sums = pickLanes(lanes, inTotal)
  if (!equalBytes(lanesToBytes(sums), claimed.lanes))
    throw new TranscriptError(`${where}: the submissions and releases do not add up to the result`)
  if (!plausible(sums, roster, inTotal, new Set(missing)))
    throw new TranscriptError(`${where}: expected a total that readings can add up to`)
  return { slot: total.slot, contributors, missing, lanes: sums, open: codesOf(roster, inTotal) }
}

/** Adds up the submissions, each a present member's own, and what they publish of their private masks. */
function addedUp(roster: Roster, submissions: readonly Envelope[]) {
  const lanes = zeroLanes(roster.lanes.length)
  const published = new Map<number, PublishedMask>()
  const senders = eachOnce(roster, submissions, 'submission', envelope => {
    const payload = SubmissionPayload.decode(envelope.payload)
    addLanes(lanes, lanesFromExactBytes(payload.lanes, roster.lanes.length))
    checkPublished(roster, payload)
    if (roster.hasPrivateMasks) published.set(roster.indexOf(envelope.sender) as number, payload)
  })
  return { lanes, published, senders }
}
