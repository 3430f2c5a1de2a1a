import { field, HttpProblem, readJson, remoteAddress } from '@hushgrid/http'
import { MOST_PASSWORD_UNITS } from '@hushgrid/web-api'
import type { Hono } from 'hono'
import { type AccountRecord, AccountRecordError, decodeAccount } from '../device/account-record.ts'
import { changeAccount } from './account-change.ts'
import { accountName, type PortalContext } from './portal-context.ts'
import { MOST_RECORD_BYTES } from './portal-records.ts'
import { limited, proofOf } from './session-routes.ts'

/**
 * Body of `POST /api/registration`, also to change what was registered. The supplier decides whether the account is the
 * caller's, by the `password` in its store.
 */
export interface Registration {
  /** Name of the account, the same in the record and at the supplier. */
  readonly account: string
  /** Password at the supplier: at first the one-time password, then the earlier sign-in proof, which may equal `proof`. */
  readonly password: string
  /** Sign-in proof, from now on the password at the supplier. */
  readonly proof: string
  /** The account's record as the customer's device wrote it. */
  readonly record: string
}

/** Answer to a registration. */
export interface Registered {
  /** Pseudonym of the account's household. */
  readonly household: string
}

/** Most bytes of a body, whose JSON is hardly longer than the record, made of hexadecimal and short words. */
export const MOST_REGISTRATION_BYTES = 2 * MOST_RECORD_BYTES

export function registrationRoute(app: Hono, portal: PortalContext): void {
  const { sessions, supplier, tell } = portal
  app.post('/api/registration', async c => {
    const { account, password, proof, record } = await readJson(c, registrationOf, MOST_REGISTRATION_BYTES)
    const session = await limited(portal, { account, address: remoteAddress(c) }, async () => await supplier.signIn(account, password))
    try {
      await changeAccount(portal, session, { current: password, proof, record })
    } finally {
      await supplier.signOut(session)
    }
    if (password !== proof) sessions.endWhere(value => value.account === account)
    tell('registered')
    return c.json({ household: session.household } satisfies Registered)
  })
}

function registrationOf(value: unknown): Omit<Registration, 'record'> & { readonly record: AccountRecord } {
  const account = accountName(field(value, 'account', 'string'))
  const password = field(value, 'password', 'string')
  if (password.length === 0 || password.length > MOST_PASSWORD_UNITS)
    throw new HttpProblem(400, `password: expected 1 to ${MOST_PASSWORD_UNITS} characters, got ${password.length}`)
  return { account, password, proof: proofOf(value), record: recordOf(field(value, 'record', 'string'), account) }
}

/** @throws HttpProblem 400 where it is no record, or not the account's */
export function recordOf(text: string, account: string): AccountRecord {
  try {
    const record = decodeAccount(text, 'record')
    if (record.account !== account) throw new HttpProblem(400, 'record: expected that of the account, got that of another')
    return record
  } catch (cause) {
    if (!(cause instanceof AccountRecordError)) throw cause
    throw new HttpProblem(400, cause.message)
  }
}
