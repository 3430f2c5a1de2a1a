// Routes about accounts, for administrators.
import { field, HttpProblem, readJson } from '@hushgrid/http'
import { type Account, type Actor, ROLES, type Role, UnknownAccountError } from '@hushgrid/mdms'
import type { Context, Hono } from 'hono'
import { answer, askedOf, type Handler, signedIn } from './desk-routes.ts'
import { actorOf, type DeskSession, type WebDesk } from './web-desk.ts'

export function accountRoutes(app: Hono, desk: WebDesk): void {
  const { store, sessions } = desk
  app.get(
    '/api/accounts',
    asAdmin(desk, async (c, actor) => answer(c, { accounts: await store.readAccounts(actor) }))
  )
  app.post(
    '/api/accounts',
    asAdmin(desk, async (c, actor) => {
      const { password, ...account } = await readJson(c, newAccount)
      await askedOf(() => store.createAccount(actor, account, password))
      return answer(c, account)
    })
  )
  app.put(
    '/api/accounts/:account',
    asAdmin(desk, async (c, actor) => {
      const account = nameOf(c)
      const roles = await readJson(c, rolesOf)
      await askedOf(() => about(actor, () => store.changeRoles(actor, account, roles)))
      endSessions(account)
      return answer(c, { account, roles })
    })
  )
  app.delete(
    '/api/accounts/:account',
    asAdmin(desk, async (c, actor) => {
      const account = nameOf(c)
      await askedOf(() => about(actor, () => store.removeAccount(actor, account)))
      endSessions(account)
      return answer(c, {})
    })
  )

  /** Ends an account's sessions: with other roles, or another person under the name, it signs in anew. */
  function endSessions(account: string): void {
    sessions.endWhere(session => session.account === account)
  }

  /** Tells an account that does not exist from an asking account that is gone. */
  async function about(actor: Actor, run: () => Promise<void>): Promise<void> {
    try {
      await run()
    } catch (cause) {
      if (!(cause instanceof UnknownAccountError)) throw cause
      await store.readAccounts(actor)
      throw new HttpProblem(404, 'no such account')
    }
  }
}

function asAdmin(desk: WebDesk, run: (c: Context, actor: Actor) => Promise<Response>): Handler {
  return signedIn(desk, (c, session: DeskSession) => run(c, actorOf(session, 'admin')))
}

function nameOf(c: Context): string {
  return c.req.param('account') ?? ''
}

function newAccount(value: unknown): Account & { readonly password: string } {
  const household = value instanceof Object && Object.hasOwn(value, 'household') ? field(value, 'household', 'string') : undefined
  return {
    account: field(value, 'account', 'string'),
    roles: rolesOf(value),
    ...(household !== undefined && { household }),
    password: field(value, 'password', 'string')
  }
}

function rolesOf(value: unknown): Role[] {
  const roles = value instanceof Object && Object.hasOwn(value, 'roles') ? (value as { readonly roles: unknown }).roles : undefined
  const known = Array.isArray(roles) ? ROLES.filter(role => roles.includes(role)) : []
  if (!Array.isArray(roles) || known.length === 0 || known.length !== roles.length)
    throw new HttpProblem(400, `roles: expected one or more of ${ROLES.join(', ')}, each once`)
  return known
}
