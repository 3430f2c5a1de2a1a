// Facts about the request's connection that a route may ask.
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { PageName } from './pages.ts'

/** Facts about a request beside itself. */
export interface ServerEnvironment extends HttpBindings {
  /** True where the request came over TLS. */
  readonly secure: boolean
  /** Page that the server serves. */
  readonly page: PageName
}

/** Tells whether the request came over TLS. */
export function isSecure(c: Context): boolean {
  return (c.env as ServerEnvironment).secure
}

/** Gives the page that the server of the request serves. */
export function pageOf(c: Context): PageName {
  return (c.env as ServerEnvironment).page
}

/** Gives the IP address of the caller; `unknown` once the connection is gone. */
export function remoteAddress(c: Context): string {
  return (c.env as ServerEnvironment).incoming.socket.remoteAddress ?? 'unknown'
}
