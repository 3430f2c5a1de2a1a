// Settings of libp2p and gossipsub in named presets: everything on one machine, or meters at addresses of their own.
import { channelLimit } from '@hushgrid/dcnet'
import type { GossipsubOpts } from '@libp2p/gossipsub'
import { createPeerScoreParams, createTopicScoreParams } from '@libp2p/gossipsub/score'
import type { TCPOptions } from '@libp2p/tcp'
import type { YamuxMuxerInit } from '@libp2p/yamux'
import type { Libp2pOptions } from 'libp2p'
import { fieldLimits, type GateLimits } from '../gate/limits.ts'
import { topicName } from './names.ts'

/** Settings of libp2p and gossipsub that go together. */
export interface NetworkPreset {
  readonly name: 'lab' | 'field'
  readonly connectionManager: NonNullable<Libp2pOptions['connectionManager']>
  readonly connectionMonitor: NonNullable<Libp2pOptions['connectionMonitor']>
  readonly tcp: TCPOptions
  readonly muxer: YamuxMuxerInit
  readonly gossipsub: Partial<GossipsubOpts>
  /** Time that a conversation on a stream may take from end to end, ms. */
  readonly conversationTimeout: number
  /** Limits on who connects; none in a lab, where everybody may. */
  readonly gate: GateLimits | undefined
}

/** Weights of what a topic's messages do to a peer's score: little for good ones, much for invalid ones. */
function topicScores(topics: readonly string[]) {
  return Object.fromEntries(
    topics.map(topic => [
      topic,
      createTopicScoreParams({
        topicWeight: 1,
        timeInMeshWeight: 0,
        firstMessageDeliveriesWeight: 0,
        // Meters publish once a slot and not every peer is in a mesh: silence is no misdeed here.
        meshMessageDeliveriesWeight: 0,
        meshFailurePenaltyWeight: 0,
        invalidMessageDeliveriesWeight: -1,
        invalidMessageDeliveriesDecay: 0.9
      })
    ])
  )
}

/** Settings that both presets share. Envelopes are signed and checked by us, so gossipsub itself runs unsigned. */
function gossip(topics: readonly string[], ipColocationWeight: number): Partial<GossipsubOpts> {
  return {
    globalSignaturePolicy: 'StrictNoSign',
    allowedTopics: [...topics],
    allowPublishToZeroTopicPeers: true,
    // A message that gossip brought here first is on its way to everybody already.
    ignoreDuplicatePublishError: true,
    fallbackToFloodsub: false,
    floodPublish: true,
    batchPublish: true,
    emitSelf: false,
    doPX: false,
    maxInboundDataLength: channelLimit('control') + 1024,
    maxOutboundBufferSize: 2 * channelLimit('control'),
    scoreParams: createPeerScoreParams({
      topics: topicScores(topics),
      IPColocationFactorWeight: ipColocationWeight,
      behaviourPenaltyWeight: -1
    }),
    // −1 · invalid² reaches these after about 10, 20 and 40 invalid messages.
    scoreThresholds: { gossipThreshold: -100, publishThreshold: -400, graylistThreshold: -1600 }
  }
}

/** Meters on one machine beyond which their heartbeats alone would keep a core busy. */
const MANY = 100

/**
 * Settings for everything on one machine: hundreds of meters behind one address dial one aggregator at once. libp2p's own
 * limits (5 inbound connections a second and 10 pending a host) and gossipsub's IP colocation penalty would silence nearly
 * all of them. Never for a machine that others can reach.
 *
 * @param members - meters that will connect to one node
 */
export function labPreset(topics: readonly string[], members: number): NetworkPreset {
  const connections = 2 * members + 64
  return {
    name: 'lab',
    connectionManager: {
      maxConnections: connections,
      inboundConnectionThreshold: connections,
      maxIncomingPendingConnections: connections,
      maxParallelDials: 64,
      connectionCloseTimeout: 250,
      dialTimeout: 60_000,
      addressDialTimeout: 60_000,
      inboundUpgradeTimeout: 60_000,
      inboundStreamProtocolNegotiationTimeout: 60_000,
      outboundStreamProtocolNegotiationTimeout: 60_000,
      reconnectRetries: 0
    },
    // A ping to every peer every ten seconds only measures this machine.
    connectionMonitor: { enabled: false },
    tcp: { backlog: connections, inboundSocketInactivityTimeout: 3_600_000, outboundSocketInactivityTimeout: 3_600_000 },
    gossipsub: { ...gossip(topics, 0), seenTTL: 30_000, heartbeatInterval: members > MANY ? 5_000 : 1_000 },
    // All nodes share the machine: the last one's turn may come late.
    conversationTimeout: 300_000,
    muxer: {},
    gate: undefined
  }
}

/** Limits of libp2p that the gate stands in for: they would let one address keep all others out. */
const BY_THE_GATE = 1_000_000

/**
 * Settings for meters at addresses of their own: the gate says who may connect, a handshake takes 2 s at most (PROTOCOL.md
 * section 10), and gossipsub has its IP colocation penalty.
 */
function fieldPreset(topics: readonly string[], members: number): NetworkPreset {
  const gate = fieldLimits(members)
  return {
    name: 'field',
    connectionManager: {
      maxConnections: gate.connectionsPerPeer * (2 * members + gate.guests.inAll),
      inboundConnectionThreshold: BY_THE_GATE,
      maxIncomingPendingConnections: BY_THE_GATE,
      inboundUpgradeTimeout: 2_000,
      inboundStreamProtocolNegotiationTimeout: 5_000
    },
    connectionMonitor: { enabled: true, pingInterval: 60_000 },
    tcp: { inboundSocketInactivityTimeout: 300_000, outboundSocketInactivityTimeout: 300_000 },
    // Above what a peer may have open for all protocols together.
    muxer: { maxInboundStreams: 32 },
    gossipsub: gossip(topics, -5),
    conversationTimeout: 30_000,
    gate
  }
}

/** Gives the preset of a name for a network's topics. */
export function presetNamed(name: NetworkPreset['name'], network: string, members: number): NetworkPreset {
  const topics = [topicName(network, 'readings'), topicName(network, 'control')]
  return name === 'lab' ? labPreset(topics, members) : fieldPreset(topics, members)
}
