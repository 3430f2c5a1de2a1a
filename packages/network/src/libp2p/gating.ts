// The gate at libp2p's doors: sockets, handshakes, and libp2p's own protocols.
import type { ConnectionGater, MultiaddrConnection, PeerId, StreamHandler, StreamHandlerOptions, Topology } from '@libp2p/interface'
import type { Arrival, Gate } from '../gate/gate.ts'
import { NetworkError } from './addresses.ts'
import { idOf } from './names.ts'
import type { Partition } from './partition.ts'

/** Has libp2p ask the gate, and a lab's partition, about each connection. */
export function connectionGater(gate: Gate, partition: Partition): ConnectionGater {
  const arrivals = new WeakMap<MultiaddrConnection, Arrival>()
  return {
    denyDialPeer: peer => partition.cutsOff(peer),
    denyInboundConnection(socket) {
      const arrival = gate.arrive(hostOf(socket), () => socket.abort(new NetworkError('half-open: gave way to another socket')))
      if (!arrival) return true
      arrivals.set(socket, arrival)
      socket.addEventListener('close', arrival.gone, { once: true })
      return false
    },
    denyInboundEncryptedConnection(peer, socket) {
      const arrival = arrivals.get(socket)
      arrival?.shaken()
      if (partition.cutsOff(peer) || !arrival) return true
      // A peer with a key of another kind is nobody of ours.
      return !gate.isOpen && (peer.type !== 'Ed25519' || !gate.admit(idOf(peer), arrival))
    }
  }
}

function hostOf({ remoteAddr }: MultiaddrConnection): string {
  return remoteAddr.getComponents().find(({ name }) => name === 'ip4' || name === 'ip6')?.value ?? ''
}

/** The parts of libp2p's registrar of protocols that a service of its own registers with. */
interface Registering {
  handle(protocol: string, handler: StreamHandler, options?: StreamHandlerOptions): Promise<void>
  register(protocol: string, topology: Topology): Promise<string>
}

/** Makes a service of libp2p, such as gossipsub, one for known peers: it is told of no others, and gets no streams of them. */
export function forKnownPeers<Components extends { readonly registrar: Registering }, Service>(
  makeService: (components: Components) => Service,
  gate: Gate
): (components: Components) => Service {
  if (gate.isOpen) return makeService
  return components => {
    const { registrar } = components
    const gated: Registering = {
      handle: (protocol, handler, options) => registrar.handle(protocol, knownOnly(handler, gate), options),
      register: (protocol, topology) => registrar.register(protocol, toldOfKnownOnly(topology, gate))
    }
    return makeService(overlaid(components, { registrar: overlaid(registrar, gated) }))
  }
}

function knownOnly(handler: StreamHandler, gate: Gate): StreamHandler {
  return (stream, connection) => {
    if (isKnown(gate, connection.remotePeer)) return handler(stream, connection)
    stream.abort(new NetworkError(`${stream.protocol}: for members only`))
  }
}

function toldOfKnownOnly(topology: Topology, gate: Gate): Topology {
  return { ...topology, onConnect: (peer, connection) => (isKnown(gate, peer) ? topology.onConnect?.(peer, connection) : undefined) }
}

/** Gives an object with some members in the place of its own; those of libp2p are no plain objects. */
function overlaid<T extends object>(object: T, members: object): T {
  return new Proxy(object, {
    get(target, name) {
      if (Object.hasOwn(members, name)) return Reflect.get(members, name)
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    }
  })
}

/** Tells whether a peer takes part in the network. */
export function isKnown(gate: Gate, peer: PeerId): boolean {
  return gate.isOpen || (peer.type === 'Ed25519' && gate.knows(idOf(peer)))
}
