// Guards of every request to a server of ours, whatever its route.
import type { Hono, MiddlewareHandler } from 'hono'
import { HttpProblem } from './problem.ts'
import { isSecure } from './server-environment.ts'

/** Policy that contacts nothing but this server, runs nothing inline, and lets no other page hold this one (CSP level 3). */
const POLICY = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'connect-src', 'font-src', 'worker-src', 'form-action'].map(kind => `${kind} 'self'`),
  "img-src 'self' data:",
  "base-uri 'none'",
  "frame-ancestors 'none'"
].join('; ')

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'
}
const ONE_YEAR = 'max-age=31536000'
const SAFE = new Set(['GET', 'HEAD'])

/** Adds the headers of every answer. */
export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value)
  if (isSecure(c)) c.res.headers.set('strict-transport-security', ONE_YEAR)
  if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
}

/**
 * Answers only requests for our own names: a page of another origin could have its own name resolve to this machine, and
 * then read answers as its own (DNS rebinding). The certificate sees to that under TLS.
 *
 * @param hosts - names in lower case, with the port where the URL has one
 */
export function onlyFor(hosts: ReadonlySet<string>): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header('host')?.toLowerCase()
    if (!isSecure(c) && (host === undefined || !hosts.has(host))) throw new HttpProblem(421, 'this server is not the one of that name')
    await next()
  }
}

/**
 * Answers the API only for our own page, or an address that somebody has typed, and accepts a change only from our own page,
 * as JSON, which a form of another page cannot send. Another page could not read an answer, but have us work and hold streams
 * open. Lets programs that are no browser pass, since they name no origin.
 */
export const onlyOwnPages: MiddlewareHandler = async (c, next) => {
  const isChange = !SAFE.has(c.req.method)
  const [origin, site] = [c.req.header('origin'), c.req.header('sec-fetch-site')]
  const isTyped = !isChange && site === 'none'
  const isOther = new HttpProblem(403, 'expected a request of this server’s own page, got one of another')
  if ((isChange || c.req.path.startsWith('/api/')) && site !== undefined && site !== 'same-origin' && !isTyped) throw isOther
  if (isChange) {
    const own = `${isSecure(c) ? 'https' : 'http'}://${c.req.header('host')?.toLowerCase()}`
    if (origin !== undefined && origin.toLowerCase() !== own) throw isOther
    if (!/^application\/json(;|$)/i.test(c.req.header('content-type') ?? ''))
      throw new HttpProblem(415, 'expected application/json, got something else')
  }
  await next()
}

/** Answers for paths below `/api` that are no route. */
export function refuseUnknown(app: Hono): void {
  app.all('/api/*', () => {
    throw new HttpProblem(404, 'there is nothing at this address')
  })
}
