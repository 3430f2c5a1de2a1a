// What a route may ask about the request's connection.
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

/** What is known of a request beside itself. */
export interface ServerEnvironment extends HttpBindings {
  /** Whether it came over TLS. */
  readonly secure: boolean
}

/** Whether the request came over TLS. */
export function isSecure(c: Context): boolean {
  return (c.env as ServerEnvironment).secure
}

/** IP address of who asks; `unknown` once the connection is gone. */
export function remoteAddress(c: Context): string {
  return (c.env as ServerEnvironment).incoming.socket.remoteAddress ?? 'unknown'
}
