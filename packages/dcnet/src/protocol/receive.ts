// Messages from the network, for every role: the types that each channel takes, and rosters.
import { Door } from '@hushgrid/machine'
import { Drop, type DropCounter, type Envelope, MessageType, type Verdict } from '@hushgrid/messages'
import { type Millis, slotAt } from '@hushgrid/primitives'
import type { RosterBook } from '../roster/book.ts'
import type { CredentialCache } from '../roster/cache.ts'
import type { Channel, CommonOutput, Incoming } from './outputs.ts'

/** Types that may come in on each channel. */
const TYPES: Readonly<Record<Channel, readonly MessageType[]>> = {
  readings: [MessageType.Submission, MessageType.MaskWord, MessageType.MaskRelease, MessageType.ShareRelease],
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
    MessageType.Conflict,
    MessageType.TimeRequest,
    MessageType.TimeReply,
    MessageType.Roster,
    MessageType.RosterDelta,
    MessageType.Refusal
  ],
  sync: [
    MessageType.Submission,
    MessageType.MaskWord,
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
  dispute: [
    MessageType.RecoveryRequest,
    MessageType.MaskRequest,
    MessageType.ShareRequest,
    MessageType.Dispute,
    MessageType.PresenceRequest,
    MessageType.EdgeRequest
  ]
}

const DOOR = new Door<Channel>(TYPES)

/** Largest message of a channel in bytes; streams refuse a longer one before they read it. */
export function channelLimit(channel: Channel): number {
  return DOOR.limit(channel)
}

/** Parts of a role's state that messages coming in need. */
export interface Receiving {
  readonly config: { readonly slotSeconds: number; readonly credentials?: CredentialCache | undefined }
  readonly drops: DropCounter
}

/**
 * Takes a message in by the DC-net's door.
 *
 * @param handle - does what the message asks for; may give a verdict of its own for what it took
 */
export function receiving<Output>(
  { config, drops }: Receiving,
  input: Incoming,
  now: Millis,
  handle: (envelope: Envelope, out: (CommonOutput | Output)[]) => Verdict | undefined
): (CommonOutput | Output)[] {
  const { credentials: cache, slotSeconds } = config
  const decode = cache && ((bytes: Uint8Array, limit: number): Envelope => cache.envelope(bytes, limit))
  return DOOR.receive<CommonOutput | Output>(input, { slotNow: slotAt(now, slotSeconds), drops, decode }, handle)
}

/** Destination of a roster in one step. */
export interface RosterContext {
  readonly book: RosterBook
  readonly now: Millis
  readonly out: CommonOutput[]
}

/** Takes in a Roster or RosterDelta envelope for any role. */
export function receiveRoster({ book, now, out }: RosterContext, envelope: Envelope, bytes: Uint8Array): void {
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
      out.push({
        type: 'evidence',
        against: envelope.sender,
        what: { kind: 'two-rosters', epoch: outcome.epoch },
        envelopes: outcome.evidence
      })
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
