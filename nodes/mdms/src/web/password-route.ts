import { checkCsrf, field, HttpProblem, readJson, sessionOf } from '@hushgrid/http'
import type { Hono } from 'hono'
import { asProblem } from './store-problems.ts'
import { actorOf, type WebDesk } from './web-desk.ts'

/** As the store's accounts have it. */
const LEAST_CHARACTERS = 12
const MOST_CHARACTERS = 256

/**
 * `PUT /api/session/password` with `{ password }`: whoever is signed in changes the own password, in any role. The account's
 * other sessions end. A customer's portal puts the sign-in proof here, so that the store never has a customer's password.
 */
export function passwordRoute(app: Hono, { store, sessions }: WebDesk): void {
  app.put('/api/session/password', async c => {
    const session = sessionOf(c, sessions)
    checkCsrf(c, session)
    const password = await readJson(c, value => field(value, 'password', 'string'))
    const characters = [...password].length
    if (characters < LEAST_CHARACTERS || characters > MOST_CHARACTERS)
      throw new HttpProblem(400, `password: expected ${LEAST_CHARACTERS} to ${MOST_CHARACTERS} characters, got ${characters}`)
    const { account, roles } = session.value
    const [role] = roles
    // Every account has one.
    if (role === undefined) throw new HttpProblem(403, 'expected an account with a role, got one with none')
    await asProblem(async () => await store.changePassword(actorOf(session.value, role), account, password))
    sessions.endWhere(value => value.account === account && value !== session.value)
    return c.json({})
  })
}
