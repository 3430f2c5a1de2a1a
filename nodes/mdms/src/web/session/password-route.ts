import { checkCsrf, field, HttpProblem, readJson, remoteAddress, sessionOf } from '@hushgrid/http'
import { passwordMisfit } from '@hushgrid/web-api'
import type { Hono } from 'hono'
import { asProblem } from '../store-problems.ts'
import { actorOf, type WebDesk } from '../web-desk.ts'
import { standing } from './session-standing.ts'

/**
 * Serves `PUT /api/session/password` with `{ current, password }`: any account changes its own password, in any role,
 * and has to know the present one, so that an open page alone cannot take over the account. Its other sessions end. A
 * customer's portal puts the sign-in proof here, so that the store never has a customer's password.
 */
export function passwordRoute(app: Hono, desk: WebDesk): void {
  const { store, sessions, limiter } = desk
  app.put('/api/session/password', async c => {
    const session = sessionOf(c, sessions)
    checkCsrf(c, session)
    await standing(desk, session)
    const { current, password } = await readJson(c, value => ({
      current: field(value, 'current', 'string'),
      password: field(value, 'password', 'string')
    }))
    const misfit = passwordMisfit(password)
    if (misfit) throw new HttpProblem(400, `password: expected ${misfit.expected}, got ${misfit.got}`)
    const { account, roles } = session.value
    const [role] = roles
    // Guards the type: every account has a role.
    if (role === undefined) throw new HttpProblem(403, 'expected an account with a role, got one with none')
    const again = { account, address: remoteAddress(c), session: session.token }
    // Answers 403 and not 401, since the session goes on.
    if (!(await limiter.attempt(again, () => asProblem(() => store.signIn(account, current)))))
      throw new HttpProblem(403, 'current: expected the present password of this account, got another')
    session.value.mark = await asProblem(async () => await store.changePassword(actorOf(session.value, role), account, password))
    sessions.endWhere(value => value.account === account && value !== session.value)
    return c.json({})
  })
}
