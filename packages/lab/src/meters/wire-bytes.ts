// Counts the bytes that all TCP sockets of this process have written and read: what libp2p really puts on the wire, Noise and
// yamux included. What a page is served with does not count.
import { subscribe } from 'node:diagnostics_channel'
import { Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'

const open = new Set<Socket>()
let closed = 0
let closedRead = 0

function watch(message: unknown): void {
  const { socket } = message as { socket: Socket & { readonly server?: unknown } }
  // A browser that looks at the lab is no part of it.
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

/** Bytes written so far by all sockets that were opened since this module was loaded. */
export function wireBytes(): number {
  let sum = closed
  for (const socket of open) sum += socket.bytesWritten
  return sum
}

/** Bytes read so far by the same sockets. */
export function wireBytesRead(): number {
  let sum = closedRead
  for (const socket of open) sum += socket.bytesRead
  return sum
}
