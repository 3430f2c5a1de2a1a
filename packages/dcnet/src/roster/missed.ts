// Rosters that were missed while a node was away: fetched from the registrar one by one, in the order of their epochs.
import type { Ask, Conversation } from '@hushgrid/machine'
import { decodeEnvelope, type Envelope, JoinReply, MessageType, RosterRequest, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, type MeterId, type Millis, type SigningKey, slotAt, type VerifierOf } from '@hushgrid/primitives'
import type { RosterBook } from './book.ts'

/** A node that talks to the registrar, as its conversations see it. */
export interface Caller {
  readonly config: {
    readonly identity: SigningKey
    readonly networkId: Uint8Array
    readonly slotSeconds: number
    readonly registrarKey: MeterId
    readonly verifier?: VerifierOf | undefined
  }
  readonly now: () => Millis
  /** Gives the machine's book of rosters. */
  readonly book: () => RosterBook
}

/** State of the chain of rosters up to the registrar's latest. */
export type Chain =
  | { readonly kind: 'whole' }
  /** The machine refuses one, has said which rule it breaks, and stays where it is. */
  | { readonly kind: 'refused' }
  /** The registrar does not hold one any more, or did not answer. */
  | { readonly kind: 'missed'; readonly held: Epoch; readonly latest: Epoch }

/** Rosters that are fetched one after the other; a stream carries 16 requests, and a conversation had some before. */
export const MOST_FETCHED = 12

/**
 * Fetches the rosters before the one in a JoinReply, which waits in the book for them.
 *
 * @param take - feeds a Roster envelope to the machine
 */
export function* missedRosters(caller: Caller, reply: Envelope, take: (roster: Uint8Array) => void): Conversation<Ask, Chain> {
  const latest = epochIn(reply)
  for (let fetched = 0; ; fetched++) {
    const held = caller.book().latest?.roster.epoch
    if (held === undefined || latest === undefined || latest <= held + 1) return { kind: 'whole' }
    if (fetched === MOST_FETCHED) return { kind: 'missed', held, latest }
    const request = RosterRequest.encode({ latest: false, epoch: held + 1 })
    const bytes = yield { type: 'ask', bytes: toRegistrar(caller, MessageType.RosterRequest, request) }
    if (!bytes || decodeEnvelope(bytes).type !== MessageType.Roster) return { kind: 'missed', held, latest }
    take(bytes)
    if (caller.book().latest?.roster.epoch === held) return { kind: 'refused' }
  }
}

/** Gives the epoch of the roster in a JoinReply envelope; undefined where there is none. */
function epochIn(reply: Envelope): Epoch | undefined {
  if (reply.type !== MessageType.JoinReply) return undefined
  const { roster } = JoinReply.decode(reply.payload)
  return roster.byteLength > 0 ? decodeEnvelope(roster).epoch : undefined
}

/** Seals a request for the registrar's enrol stream; the slot makes it fresh. */
export function toRegistrar({ config, now }: Pick<Caller, 'config' | 'now'>, type: MessageType, payload: Uint8Array): Uint8Array {
  return sealEnvelope(config.identity, type, config.networkId, 0 as Epoch, slotAt(now(), config.slotSeconds), payload)
}
