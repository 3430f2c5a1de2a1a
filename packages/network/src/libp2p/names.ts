import { MAX_HOME_REPLY, MAX_HOME_REQUEST } from '@hushgrid/billing'
import { channelLimit, type StreamName, type Topic } from '@hushgrid/dcnet'
import { ENVELOPE_OVERHEAD, envelopeLimit, MAX_PES_BATCH, MessageType } from '@hushgrid/messages'
import { fromHex, HushgridError, type MeterId, meterId } from '@hushgrid/primitives'
import { MAX_SCHEME_WORD } from '@hushgrid/schemes'
import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'

/** Name of a gossipsub topic (PROTOCOL.md section 10). One for all slots: a topic for each would exhaust gossipsub. */
export function topicName(network: string, topic: Topic): string {
  return `/hushgrid/v2/${network}/${topic}`
}

/**
 * Streams of PROTOCOL.md section 10, and others: `pes` to the PES; `mdms` to the supplier, for concentrator, meters and
 * customers; `home` from a customer to the meter; `scheme` among all parties of a scheme of the literature.
 */
export type StreamProtocol = StreamName | 'pes' | 'mdms' | 'home' | 'scheme'

/** Largest request on the enrol stream, where rosters go one way only: a guest must not make a registrar read 24 MB. */
const ENROL_REQUEST = Math.max(
  envelopeLimit([
    MessageType.EnrolRequest,
    MessageType.JoinRequest,
    MessageType.LeaveRequest,
    MessageType.RosterRequest,
    MessageType.AggregatorRequest,
    MessageType.TimeRequest,
    MessageType.Conflict
  ]),
  // What goes by a topic may also be brought.
  channelLimit('readings')
)

/** Largest request on a stream, bytes. */
export function streamLimit(stream: StreamProtocol): number {
  if (stream === 'enrol') return ENROL_REQUEST
  if (stream === 'home') return MAX_HOME_REQUEST
  if (stream === 'scheme') return MAX_SCHEME_WORD
  if (stream === 'mdms') return envelopeLimit([MessageType.ReadingDelivery, MessageType.BillDelivery])
  return stream === 'pes' ? MAX_PES_BATCH + ENVELOPE_OVERHEAD : channelLimit(stream)
}

/** Bytes of a registrar's welcome beside the notice in it: two flags and a length. */
const WELCOME_HEAD = 6

/** Largest answer on a stream, bytes. */
export function answerLimit(stream: StreamProtocol): number {
  if (stream === 'scheme') return MAX_SCHEME_WORD + WELCOME_HEAD
  return stream === 'home' ? MAX_HOME_REPLY : channelLimit('enrol')
}

/** Name of a stream protocol. */
export function protocolName(stream: StreamProtocol): string {
  return `/hushgrid/${stream}/1.0.0`
}

/** Gives the libp2p peer of a meter, registrar or aggregator: the same Ed25519 key. */
export function peerOf(id: MeterId): PeerId {
  return peerIdFromPublicKey(publicKeyFromRaw(fromHex(id)))
}

/** @throws HushgridError where the peer's identity is no Ed25519 key */
export function idOf(peer: PeerId): MeterId {
  if (peer.type !== 'Ed25519')
    throw new HushgridError(`peer ${peer.toString()}: expected an Ed25519 identity, got ${peer.type ?? 'another'}`)
  return meterId(peer.publicKey.raw)
}
