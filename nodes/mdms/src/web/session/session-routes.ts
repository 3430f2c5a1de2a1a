// Signing in and out, for the supplier's people and for customers' portals.
import {
  checkCsrf,
  clearSessionCookie,
  field,
  findSession,
  HttpProblem,
  readJson,
  remoteAddress,
  type Session,
  sessionOf,
  setSessionCookie
} from '@hushgrid/http'
import { MOST_PASSWORD_UNITS, type SessionInfo, type SignIn } from '@hushgrid/web-api'
import type { Hono } from 'hono'
import { asProblem } from '../store-problems.ts'
import type { DeskSession, WebDesk } from '../web-desk.ts'
import { standing, stands } from './session-standing.ts'

export function sessionRoutes(app: Hono, desk: WebDesk): void {
  const { store, sessions, limiter, devices } = desk
  app.post('/api/session', async c => {
    const { account, password } = await readJson(c, signInOf)
    const known = await limiter.attempt({ account, address: remoteAddress(c), device: devices.find(c, account) }, async () => {
      // Takes the mark before the password is checked: were it changed meanwhile, the session would end at once.
      const mark = await asProblem(() => store.markOf(account))
      const found = await asProblem(() => store.signIn(account, password))
      return found && mark !== undefined ? { ...found, mark } : undefined
    })
    if (!known) throw new HttpProblem(401, 'there is no account of this name with this password')
    const { account: name, roles, household, mark } = known
    const before = findSession(c, sessions)
    if (before) sessions.end(before.token)
    const session = sessions.start({ account: name, roles, mark, ...(household !== undefined && { household }) })
    setSessionCookie(c, session)
    devices.remember(c, name)
    return c.json(infoOf(session))
  })
  app.get('/api/session', async c => c.json(infoOf(await standing(desk, sessionOf(c, sessions)))))
  app.get('/api/signed-in', async c => {
    const session = findSession(c, sessions)
    return c.json(session && (await stands(desk, session)) ? infoOf(session) : null)
  })
  app.delete('/api/session', c => {
    const session = sessionOf(c, sessions)
    checkCsrf(c, session)
    sessions.end(session.token)
    clearSessionCookie(c)
    return c.json({})
  })
}

function infoOf({ csrf, value: { mark: _, ...value } }: Session<DeskSession>): SessionInfo {
  return { ...value, csrf }
}

function signInOf(value: unknown): SignIn {
  const [account, password] = [field(value, 'account', 'string'), field(value, 'password', 'string')]
  if (account.length > MOST_PASSWORD_UNITS || password.length > MOST_PASSWORD_UNITS)
    throw new HttpProblem(400, `account and password: expected at most ${MOST_PASSWORD_UNITS} characters, got more`)
  return { account, password }
}
