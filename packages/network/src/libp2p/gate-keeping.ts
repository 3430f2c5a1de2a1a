// A node's connections, kept to what its gate says.
import type { Connection } from '@libp2p/interface'
import type { Gate } from '../gate/gate.ts'
import { NetworkError } from './addresses.ts'
import type { HushgridLibp2p } from './create.ts'
import { isKnown } from './gating.ts'

/**
 * Keeps a node's connections to what its gate says, also when that changes: a peer that is known from now on is asked for
 * what it speaks, which gossip waits for, and one that is known no more is let go.
 */
export function keepGate(libp2p: HushgridLibp2p, gate: Gate): void {
  if (gate.isOpen) return
  const { identify } = libp2p.services
  const introduce = (connection: Connection): void => {
    // libp2p ignores this failure too: the peer that closes its connection, or speaks no protocol of ours.
    identify.identify(connection).catch(() => undefined)
  }
  const known = new WeakSet<Connection>()
  const look = (connection: Connection): void => {
    if (known.has(connection)) {
      if (connection.direction === 'inbound' && !isKnown(gate, connection.remotePeer)) letGo(connection, 'known no more')
    } else if (isKnown(gate, connection.remotePeer)) {
      known.add(connection)
      introduce(connection)
    }
  }
  libp2p.addEventListener('connection:open', ({ detail }) => {
    closeSurplus(libp2p, gate, detail)
    look(detail)
    if (!known.has(detail) && detail.direction === 'inbound') letGoLater(detail, gate)
  })
  libp2p.addEventListener('peer:disconnect', ({ detail }) => {
    // Its record would stay for hours, for each key that somebody makes up.
    if (!isKnown(gate, detail)) void libp2p.peerStore.delete(detail)
  })
  gate.onChange(() => {
    for (const connection of libp2p.getConnections()) look(connection)
  })
}

/** Closes the oldest connections of a peer that has too many. */
function closeSurplus(libp2p: HushgridLibp2p, gate: Gate, opened: Connection): void {
  if (opened.direction !== 'inbound') return
  const others = libp2p.getConnections(opened.remotePeer).filter(each => each.direction === 'inbound' && each !== opened)
  for (const oldest of others.slice(0, gate.surplus(others.length + 1))) letGo(oldest, 'too many connections of this peer')
}

function letGoLater(connection: Connection, gate: Gate): void {
  const timer = setTimeout(() => {
    if (!isKnown(gate, connection.remotePeer)) letGo(connection, 'a guest for too long')
  }, gate.guestWithin)
  timer.unref()
  connection.addEventListener('close', () => clearTimeout(timer), { once: true })
}

function letGo(connection: Connection, why: string): void {
  connection.abort(new NetworkError(why))
}
