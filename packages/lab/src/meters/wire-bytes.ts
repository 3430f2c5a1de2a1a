// Counts the bytes that all TCP sockets of this process have written and read: libp2p's real traffic, Noise and yamux
// included. Traffic of a page does not count.
import { subscribe } from 'node:diagnostics_channel'
import { Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'

const open = new Set<Socket>()
let closed = 0
let closedRead = 0

function watch(message: unknown): void {
  const { socket } = message as { socket: Socket & { readonly server?: unknown } }
  // A browser's connection is no part of the lab's traffic.
  if (socket.server instanceof HttpServer) return
  open.add(socket)
  socket.once('close', () => {
    closed += socket.bytesWritten
    closedRead += socket.bytesRead
    open.delete(socket)
  })
}

subscribe('net.client.socket', watch)
subscribe('net.server.socket', watch)

/** Gives the bytes written so far by all sockets that were opened since this module was loaded. */
export function wireBytes(): number {
  let sum = closed
  for (const socket of open) sum += socket.bytesWritten
  return sum
}

/** Gives the bytes read so far by the same sockets. */
export function wireBytesRead(): number {
  let sum = closedRead
  for (const socket of open) sum += socket.bytesRead
  return sum
}
