// A libp2p node of the parts that Hushgrid uses, with the settings of a preset.
import { hash } from 'node:crypto'
import type { IdentityKey } from '@hushgrid/primitives'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { type GossipSub, gossipsub } from '@libp2p/gossipsub'
import { type Identify, identify } from '@libp2p/identify'
import type { ComponentLogger, Logger } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p } from 'libp2p'
import type { Gate, GateRefusal, GuestPolicy } from '../gate/gate.ts'
import { connectionGater, forKnownPeers } from './gating.ts'
import type { Partition } from './partition.ts'
import type { NetworkPreset } from './presets.ts'

export interface NodeInit {
  readonly identity: IdentityKey
  /** The network's name; part of the topics. */
  readonly network: string
  /** Multiaddrs to listen on, for example `/ip4/127.0.0.1/tcp/0`. */
  readonly listen: readonly string[]
  /** Multiaddrs that others are told instead of the ones listened on, as behind a router; without a peer id. */
  readonly announce?: readonly string[] | undefined
  readonly preset: NetworkPreset
  /** Peers that are taken, outside a lab, without being known; none where it is left out. */
  readonly guests?: GuestPolicy | undefined
  /** Called whenever somebody is turned away. */
  readonly turnedAway?: ((why: GateRefusal) => void) | undefined
}

/** libp2p with the services of a Hushgrid node. */
export type HushgridLibp2p = Libp2p<{ pubsub: GossipSub; identify: Identify }>

/**
 * Logger that stays silent. libp2p makes one for each component, connection and stream, and asks each time whether it is
 * wanted: a sixth of a dial's time. With DEBUG set in the environment its own logger is used.
 */
const silentLogger: Logger = Object.assign(() => {}, { error: () => {}, trace: () => {}, enabled: false, newScope: () => silentLogger })
const SILENT: ComponentLogger = { forComponent: () => silentLogger }

/** Makes a node that listens once it is started. */
export async function createNode(
  { identity, listen, announce, preset }: NodeInit,
  gate: Gate,
  partition: Partition
): Promise<HushgridLibp2p> {
  return await createLibp2p({
    start: false,
    privateKey: await generateKeyPairFromSeed('Ed25519', identity.exportSeed()),
    addresses: { listen: [...listen], announce: [...(announce ?? [])] },
    transports: [tcp(preset.tcp)],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux(preset.muxer)],
    connectionManager: preset.connectionManager,
    connectionGater: connectionGater(gate, partition),
    connectionMonitor: preset.connectionMonitor,
    ...(process.env.DEBUG === undefined ? { logger: SILENT } : {}),
    services: {
      // Guests are told nothing, and asked nothing that would have to be kept.
      identify: forKnownPeers(identify({ runOnConnectionOpen: gate.isOpen }), gate),
      pubsub: forKnownPeers(gossipsub({ ...preset.gossipsub, msgIdFn: message => hash('sha256', message.data, 'buffer') }), gate)
    }
  })
}
