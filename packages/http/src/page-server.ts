// The server of a page and its API, with the guards that all of ours share.
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { HushgridError } from '@hushgrid/primitives'
import { Hono } from 'hono'
import { shareConnections } from './connection-shares.ts'
import { onlyFor, onlyOwnPages, refuseUnknown, securityHeaders } from './guards.ts'
import { type HostPort, hostInUrl, isLoopback } from './host-port.ts'
import { type PageName, servePage } from './pages.ts'
import { HttpProblem, problemResponse } from './problem.ts'
import type { ServerEnvironment } from './server-environment.ts'
import type { Tls } from './tls.ts'

export interface PageServerInit {
  readonly page: PageName
  /** Folder of the built pages. */
  readonly pages: string
  readonly listen: HostPort
  /** Certificate and key, PEM. Without them only loopback will do. */
  readonly tls?: Tls
  /** Adds the API, below `/api`. */
  readonly routes: (app: Hono) => void
  /** Notes a defect in a route; the caller of the route learns only that there is one. */
  readonly warn: (text: string) => void
  /** Longest time without a byte on a connection, ms; longer than any route takes, and than the pauses between events. */
  readonly idleWithin?: number
  /** Longest time for a request's head to come, ms. */
  readonly headWithin?: number
  /** Most connections of one other machine at a time. */
  readonly mostEach?: number
}

/** A server that listens. */
export interface PageServer {
  /** Address at which a browser finds the page. */
  readonly url: string
  /** Stops the server, with all connections. */
  stop(): Promise<void>
}

/** Reports that the server cannot listen as it should. */
export class ListenError extends HushgridError {
  override name = 'ListenError'
}

/** Longest time for a request's head to come, and for all of it, ms. */
const HEAD_WITHIN = 10_000
const REQUEST_WITHIN = 30_000
const IDLE_WITHIN = 120_000
/** Longest time between two looks for requests that take too long, ms. */
const LOOK = 2_000
const MOST_CONNECTIONS = 1_000
const MOST_EACH = 250
/** Port that a browser leaves out of an address. */
const HTTP_PORT = 80

/**
 * Serves one page and its API, with the guards of all: headers, own names only, own pages only.
 *
 * @throws ListenError where the address is taken, or others would reach it without TLS; PagesMissingError
 */
export async function startPageServer(init: PageServerInit): Promise<PageServer> {
  const { listen, tls } = init
  if (!tls && !isLoopback(listen))
    throw new ListenError(`${hostInUrl(listen)}:${listen.port}: expected an address of this machine only, or TLS with certificate and key`)
  const hosts = new Set<string>()
  const app = appOf(init, hosts)
  const listener = getRequestListener(
    (request, bindings) =>
      app.fetch(request, { ...bindings, page: init.page, secure: tls !== undefined } satisfies ServerEnvironment | object),
    { overrideGlobalObjects: false }
  )
  const server = serverOf(init, listener)
  // Frees the connection of a client that asks for much and never reads.
  server.timeout = init.idleWithin ?? IDLE_WITHIN
  server.maxConnections = MOST_CONNECTIONS
  shareConnections(server, init.mostEach ?? MOST_EACH)
  const port = await listening(server, listen)
  const scheme = tls ? 'https' : 'http'
  for (const host of [hostInUrl(listen).toLowerCase(), 'localhost', '127.0.0.1', '[::1]']) {
    hosts.add(`${host}:${port}`)
    if (port === HTTP_PORT) hosts.add(host)
  }
  return {
    url: `${scheme}://${hostInUrl(listen)}:${port}/`,
    stop: async () => {
      const closed = new Promise(resolve => server.close(resolve))
      server.closeAllConnections()
      await closed
    }
  }
}

function serverOf({ tls, headWithin = HEAD_WITHIN }: PageServerInit, listener: RequestListener): Server {
  const times = {
    headersTimeout: headWithin,
    requestTimeout: Math.max(REQUEST_WITHIN, headWithin),
    connectionsCheckingInterval: Math.min(LOOK, headWithin)
  }
  return tls ? createTlsServer({ cert: tls.cert, key: tls.key, ...times }, listener) : createServer(times, listener)
}

function appOf({ page, pages, routes, warn }: PageServerInit, hosts: ReadonlySet<string>): Hono {
  const app = new Hono()
  app.use(securityHeaders)
  app.use(onlyFor(hosts))
  app.use(onlyOwnPages)
  app.onError((cause, c) => {
    if (cause instanceof HttpProblem) return problemResponse(c, cause)
    warn(`${c.req.method} ${c.req.routePath}: ${cause.stack ?? cause.message}`)
    return problemResponse(c, new HttpProblem(500, 'the server has failed at this'))
  })
  app.notFound(c => problemResponse(c, new HttpProblem(404, 'there is nothing at this address')))
  servePage(app, page, pages)
  routes(app)
  refuseUnknown(app)
  return app
}

/** Waits until the server listens and gives its port. */
async function listening(server: Server, { host, port }: HostPort): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', cause => {
      const { code } = cause as NodeJS.ErrnoException
      const why = code === 'EADDRINUSE' ? 'the port is taken' : (code ?? cause.message)
      reject(new ListenError(`${hostInUrl({ host })}:${port}: expected to listen there, could not: ${why}`))
    })
    server.listen({ host, port }, resolve)
  })
  return (server.address() as AddressInfo).port
}
