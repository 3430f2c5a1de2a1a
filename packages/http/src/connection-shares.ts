import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { networkOf } from './remote-network.ts'

/** Addresses of this machine, whose connections are those of a portal, a proxy or its own people. */
const OWN = new Set(['127.0.0.1', '::1'].map(networkOf))

/**
 * Cuts off connections of an address, or of an IPv6 network of 64 bits, beyond its share, so that nobody alone takes the
 * places of all others by holding connections open.
 *
 * @param most - connections of one address
 */
export function shareConnections(server: Server, most: number): void {
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const network = networkOf(socket.remoteAddress ?? 'unknown')
    if (OWN.has(network)) return
    const count = (open.get(network) ?? 0) + 1
    if (count > most) {
      socket.destroy()
      return
    }
    open.set(network, count)
    socket.once('close', () => {
      const left = (open.get(network) ?? 1) - 1
      if (left > 0) open.set(network, left)
      else open.delete(network)
    })
  })
}
