/**
 * Servers of our pages: one server a page, with its API, its sessions and its limits to the guessing of passwords. All share
 * the headers that let nothing else in, the check of own names, and TLS wherever others could reach them.
 *
 * ```ts
 * import { parseHostPort, servedPages, startPageServer } from '@hushgrid/http'
 *
 * const server = await startPageServer({
 *   page: 'lab',
 *   pages: await servedPages(),
 *   listen: parseHostPort('--web', '127.0.0.1:7480'),
 *   routes: app => app.get('/api/clock', c => c.json({ now: Date.now() })),
 *   warn: text => process.stderr.write(`${text}\n`)
 * })
 * ```
 *
 * @packageDocumentation
 */

export { eventStream } from './event-stream.ts'
export { type HostPort, parseHostPort } from './host-port.ts'
export { ListenError, type PageServer, type PageServerInit, startPageServer } from './page-server.ts'
export { PagesMissingError, servedPages } from './pages.ts'
export { HttpProblem } from './problem.ts'
export { field, readJson } from './read-json.ts'
export { remoteAddress } from './server-environment.ts'
export { KnownDevices } from './sessions/known-devices.ts'
export { checkCsrf, clearSessionCookie, findSession, sessionOf, setSessionCookie } from './sessions/session-cookie.ts'
export { type Session, Sessions } from './sessions/sessions.ts'
export { SignInLimiter, type SignInTry } from './sessions/sign-in-limiter.ts'
export { checkTls, type Tls } from './tls.ts'
