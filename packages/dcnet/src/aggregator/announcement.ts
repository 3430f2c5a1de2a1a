// The aggregator's conversation with the registrar: it says where it is, and fetches the rosters that it missed.
import { type Ask, type Conversation, type Failure, reasonIn } from '@hushgrid/machine'
import { AggregatorRequest, decodeEnvelope, JoinReply, MessageType, verifyEnvelope } from '@hushgrid/messages'
import { ed25519Verifier } from '@hushgrid/primitives'
import { type Caller, type Chain, missedRosters, toRegistrar } from '../roster/missed.ts'

/** The aggregator, as its conversation with the registrar sees it. */
export interface AnnouncingAggregator extends Caller {
  /** Multiaddrs at which members reach it. */
  readonly addresses: readonly string[]
  /** Feeds a roster of the registrar to the machine. */
  readonly take: (roster: Uint8Array) => void
  /** Called once the registrar has noted the addresses. */
  readonly noted: () => void
}

export type AnnouncementOutcome =
  | { readonly kind: 'announced'; readonly chain: Chain }
  /** The answer is not the registrar's. */
  | { readonly kind: 'not-signed' }
  | Failure

/** Announces the aggregator. */
export function* announcement(aggregator: AnnouncingAggregator): Conversation<Ask, AnnouncementOutcome> {
  const { networkId, registrarKey, verifier } = aggregator.config
  const request = AggregatorRequest.encode({ addresses: [...aggregator.addresses] })
  const bytes = yield { type: 'ask', bytes: toRegistrar(aggregator, MessageType.AggregatorRequest, request) }
  if (!bytes) return { kind: 'unanswered' }
  const reply = decodeEnvelope(bytes)
  if (reply.sender !== registrarKey || !verifyEnvelope(reply, (verifier ?? ed25519Verifier)(registrarKey), networkId))
    return { kind: 'not-signed' }
  if (reply.type !== MessageType.JoinReply) return { kind: 'not-served', reason: reasonIn(bytes) }
  const { refused, roster } = JoinReply.decode(reply.payload)
  if (refused !== '') return { kind: 'refused', bytes, why: `the registrar refuses this aggregator: ${refused}` }
  aggregator.noted()
  if (roster.byteLength > 0) aggregator.take(roster)
  return { kind: 'announced', chain: yield* missedRosters(aggregator, reply, aggregator.take) }
}
