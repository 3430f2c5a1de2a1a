// Routes of the portal for signing in and out.
import {
  checkCsrf,
  clearSessionCookie,
  field,
  findSession,
  HttpProblem,
  readJson,
  remoteAddress,
  type SignInTry,
  sessionOf,
  setSessionCookie
} from '@hushgrid/http'
import type { CustomerSignIn, PasswordTerms, SessionInfo } from '@hushgrid/web-api'
import type { Hono } from 'hono'
import { isSignInProof } from '../device/sign-in-proof.ts'
import { accountName, type PortalContext } from './portal-context.ts'
import { SupplierLimitProblem, type SupplierSession } from './supplier-client.ts'

/** Answer to every refused sign-in, whatever the cause. */
const REFUSED = 'expected an account and its password, got another name or password; after many tries wait a quarter of an hour'

/** Adds the routes for signing in and out, and for the terms of a password. */
export function sessionRoutes(app: Hono, portal: PortalContext): void {
  const { records, sessions, supplier, devices, tell } = portal

  app.post('/api/password-scheme', async c => {
    const account = await readJson(c, value => accountName(field(value, 'account', 'string')), MOST_BYTES)
    portal.termsLimiter.admit({ account: '', address: remoteAddress(c), device: devices.find(c, account) })
    return c.json(records.terms(account) satisfies PasswordTerms)
  })

  app.post('/api/session', async c => {
    const { account, proof } = await readJson(c, signInOf, MOST_BYTES)
    // Asks the supplier under a name that nobody has where the account is not kept here, perhaps one of the supplier's own
    // people: that takes as long, and locks nobody out.
    const name = records.has(account) ? account : records.nobody(account)
    const each = { account, address: remoteAddress(c), device: devices.find(c, account) }
    const value = await limited(portal, each, async () => await supplier.signIn(name, proof))
    const before = findSession(c, sessions)
    if (before) {
      sessions.end(before.token)
      await supplier.signOut(before.value)
    }
    const session = sessions.start(value)
    setSessionCookie(c, session)
    devices.remember(c, account)
    tell('signed-in')
    return c.json(infoOf(value, session.csrf))
  })

  app.get('/api/session', c => {
    const { value, csrf } = sessionOf(c, sessions)
    return c.json(infoOf(value, csrf))
  })

  app.delete('/api/session', async c => {
    const session = sessionOf(c, sessions)
    checkCsrf(c, session)
    sessions.end(session.token)
    clearSessionCookie(c)
    await supplier.signOut(session.value)
    tell('signed-out')
    return c.json({})
  })
}

/** Most bytes of a body: more than any name with its proof. */
const MOST_BYTES = 4_096

/**
 * Tries to sign in, within the limits. Answers the supplier's own limit as a wrong password wherever nobody is known to be
 * of the account: it may be of tries past this portal, which would tell that there is the account.
 *
 * @throws HttpProblem 429, 401, 503
 */
export async function limited(
  { limiter, tell }: Pick<PortalContext, 'limiter' | 'tell'>,
  each: SignInTry,
  signIn: () => Promise<SupplierSession | undefined>
): Promise<SupplierSession> {
  const session = await limiter.attempt(each, async () => {
    try {
      return await signIn()
    } catch (cause) {
      if (cause instanceof SupplierLimitProblem && each.device === undefined) return undefined
      throw cause
    }
  })
  if (session) return session
  tell('sign-in-refused')
  throw new HttpProblem(401, REFUSED)
}

function signInOf(value: unknown): CustomerSignIn {
  return { account: accountName(field(value, 'account', 'string')), proof: proofOf(value) }
}

/** @throws HttpProblem 400 where there is none */
export function proofOf(value: unknown, name = 'proof'): string {
  const proof = field(value, name, 'string')
  if (!isSignInProof(proof)) throw new HttpProblem(400, `${name}: expected 32 bytes, lower-case hexadecimal, got something else`)
  return proof
}

function infoOf({ account, household }: SupplierSession, csrf: string): SessionInfo {
  return { account, roles: ['customer'], household, csrf }
}
