// What a route may ask about the request's connection.
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { PageName } from './pages.ts'

/** Facts about a request beside itself. */
export interface ServerEnvironment extends HttpBindings {
  /** Says that the request came over TLS. */
  readonly secure: boolean
  /** The page that the server serves. */
  readonly page: PageName
}

/** Tells whether the request came over TLS. */
export function isSecure(c: Context): boolean {
  return (c.env as ServerEnvironment).secure
}

/** The page that the server of the request serves. */
export function pageOf(c: Context): PageName {
  return (c.env as ServerEnvironment).page
}

/** IP address of who asks; `unknown` once the connection is gone. */
export function remoteAddress(c: Context): string {
  return (c.env as ServerEnvironment).incoming.socket.remoteAddress ?? 'unknown'
}
