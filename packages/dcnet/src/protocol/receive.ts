import {
  Drop,
  type DropCounter,
  decodeEnvelope,
  type Envelope,
  envelopeLimit,
  MalformedMessageError,
  MessageType,
  type Verdict,
  verdictOf
} from '@hushgrid/messages'
import type { Millis } from '@hushgrid/primitives'
import type { RosterBook } from '../roster/book.ts'
import type { CredentialCache } from '../roster/cache.ts'
import type { Channel, CommonOutput, Incoming } from './outputs.ts'

/** Which types may come in on which channel. */
const TYPES: Readonly<Record<Channel, readonly MessageType[]>> = {
  readings: [MessageType.Submission, MessageType.MaskRelease, MessageType.ShareRelease],
  control: [
    MessageType.Roster,
    MessageType.RosterDelta,
    MessageType.Missing,
    MessageType.RecoveryRequest,
    MessageType.MaskRequest,
    MessageType.ShareRequest,
    MessageType.Dispute,
    MessageType.SlotTotal,
    MessageType.SlotLost
  ],
  enrol: [
    MessageType.EnrolRequest,
    MessageType.EnrolReply,
    MessageType.JoinRequest,
    MessageType.JoinReply,
    MessageType.RosterRequest,
    MessageType.AggregatorRequest,
    MessageType.LeaveRequest,
    MessageType.Roster,
    MessageType.RosterDelta,
    MessageType.Refusal
  ],
  sync: [
    MessageType.Submission,
    MessageType.MaskRelease,
    MessageType.ShareRelease,
    MessageType.Dispute,
    MessageType.Refusal,
    MessageType.SlotTotal,
    MessageType.SlotLost,
    MessageType.RecoveryRequest,
    MessageType.MaskRequest,
    MessageType.ShareRequest
  ],
  dispute: [MessageType.RecoveryRequest, MessageType.Dispute, MessageType.PresenceRequest]
}

const LIMITS = Object.fromEntries(Object.entries(TYPES).map(([channel, types]) => [channel, envelopeLimit(types)])) as Record<
  Channel,
  number
>

/** Largest message of a channel in bytes; streams refuse a longer one before they read it. */
export function channelLimit(channel: Channel): number {
  return LIMITS[channel]
}

/**
 * The way in for every message: bounded, decoded, of a type that the channel takes, then handled. Whatever is wrong
 * with it is counted by its reason and answered with a verdict for gossip; nothing is thrown. `handle` may give a verdict
 * of its own for what it took.
 *
 * @param cache - where nodes of one process share what they have decoded
 */
export function receiving<Output>(
  input: Incoming,
  slotNow: number,
  drops: DropCounter,
  handle: (envelope: Envelope, out: (CommonOutput | Output)[]) => Verdict | undefined,
  cache?: CredentialCache
): (CommonOutput | Output)[] {
  const out: (CommonOutput | Output)[] = []
  try {
    if (!drops.reads(input.from, slotNow)) throw new Drop('flood')
    const limit = LIMITS[input.channel]
    const envelope = cache?.envelope(input.bytes, limit) ?? decodeEnvelope(input.bytes, limit)
    if (!TYPES[input.channel].includes(envelope.type)) throw new Drop('unexpected-type', envelope.type)
    out.push({ type: 'verdict', verdict: handle(envelope, out) ?? 'accept' })
  } catch (cause) {
    const drop = cause instanceof MalformedMessageError ? new Drop(cause.reason, cause.message) : cause
    if (!(drop instanceof Drop)) throw cause
    drops.add(drop.reason, input.from, slotNow)
    out.push({ type: 'dropped', reason: drop.reason, from: input.from, ...(drop.detail === undefined ? {} : { detail: drop.detail }) })
    out.push({ type: 'verdict', verdict: verdictOf(drop.reason) })
  }
  return out
}

/** Takes in a Roster or RosterDelta envelope for any role. */
export function receiveRoster(book: RosterBook, envelope: Envelope, bytes: Uint8Array, now: Millis, out: CommonOutput[]): void {
  const outcome = book.receive(envelope, bytes, now)
  switch (outcome.kind) {
    case 'bad-signature':
      throw new Drop('bad-signature', envelope.type)
    case 'known':
    case 'old':
      throw new Drop('duplicate')
    case 'refused':
      out.push({ type: 'roster-refused', error: outcome.error })
      throw new Drop('roster-refused', outcome.error.message)
    case 'forked':
      out.push({ type: 'evidence', against: envelope.sender, what: `two rosters for epoch ${outcome.epoch}`, envelopes: outcome.evidence })
      return
    case 'waiting':
      return
    case 'taken':
      out.push({ type: 'roster', held: outcome.held })
      for (let next = book.resume(now); next; next = book.resume(now)) {
        if (next.kind === 'taken') out.push({ type: 'roster', held: next.held })
        else if (next.kind === 'refused') out.push({ type: 'roster-refused', error: next.error })
      }
  }
}
