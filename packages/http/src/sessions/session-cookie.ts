import { createHash, timingSafeEqual } from 'node:crypto'
import { CSRF_HEADER } from '@hushgrid/web-api'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { CookieOptions } from 'hono/utils/cookie'
import { HttpProblem } from '../problem.ts'
import { isSecure, pageOf } from '../server-environment.ts'
import type { Session, Sessions } from './sessions.ts'

/**
 * Names a cookie. A prefix says that it was set over TLS by this very host (RFC 6265bis section 4.1.3.2). The page's name
 * keeps pages of one host apart, whose cookies browsers share among all ports: one would sign out at the other.
 */
export function cookieName(c: Context, what: 'session' | 'device'): string {
  const name = `hushgrid-${pageOf(c)}-${what}`
  return isSecure(c) ? `__Host-${name}` : name
}

/** Gives the settings of our cookies: for this very server, out of reach of scripts and of other sites. */
export function cookieOptions(c: Context): CookieOptions {
  return { path: '/', httpOnly: true, sameSite: 'Strict', secure: isSecure(c) }
}

/** Gives the browser the session's token, until the browser is closed. */
export function setSessionCookie<T>(c: Context, { token }: Session<T>): void {
  setCookie(c, cookieName(c, 'session'), token, cookieOptions(c))
}

export function clearSessionCookie(c: Context): void {
  deleteCookie(c, cookieName(c, 'session'), cookieOptions(c))
}

/** Finds the session of a request; undefined where nobody is signed in. */
export function findSession<T>(c: Context, sessions: Sessions<T>): Session<T> | undefined {
  const token = getCookie(c, cookieName(c, 'session'))
  return token === undefined ? undefined : sessions.find(token)
}

/**
 * Finds the session of a request that needs one.
 *
 * @throws HttpProblem 401 where nobody is signed in
 */
export function sessionOf<T>(c: Context, sessions: Sessions<T>): Session<T> {
  const session = findSession(c, sessions)
  if (!session) throw new HttpProblem(401, 'nobody is signed in, or the session has ended')
  return session
}

/**
 * Checks that a change comes from a page that was given the session's token, beside its cookie.
 *
 * @throws HttpProblem 403
 */
export function checkCsrf(c: Context, { csrf }: Pick<Session<unknown>, 'csrf'>): void {
  if (!isSame(c.req.header(CSRF_HEADER) ?? '', csrf))
    throw new HttpProblem(403, `expected the header ${CSRF_HEADER} of this session, got ${c.req.header(CSRF_HEADER) ? 'another' : 'none'}`)
}

/** Compares two secrets in a time that tells nothing of either. */
function isSame(one: string, other: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(one), hash(other))
}
