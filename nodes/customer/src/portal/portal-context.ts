// State that the portal's routes share.
import { checkCsrf, HttpProblem, type KnownDevices, type Session, type Sessions, type SignInLimiter, sessionOf } from '@hushgrid/http'
import type { Context } from 'hono'
import { checkAccountName } from '../device/account-record.ts'
import type { PortalRecords } from './portal-records.ts'
import type { SupplierClient, SupplierSession } from './supplier-client.ts'

export interface PortalContext {
  readonly records: PortalRecords
  readonly supplier: SupplierClient
  /** Sessions, in memory: they end with the process. */
  readonly sessions: Sessions<SupplierSession>
  /** Limiter of tries of passwords and proofs. */
  readonly limiter: SignInLimiter
  /** Browsers from which accounts have signed in. */
  readonly devices: KnownDevices
  /** Limiter of questions how a password becomes a key. */
  readonly termsLimiter: SignInLimiter
  /** Accounts whose proof and record are being changed. */
  readonly changing: Set<string>
  /** Tells the operator what happens, in numbers that name nobody. */
  readonly tell: (event: PortalEvent) => void
}

/** Events that an operator is told. */
export type PortalEvent = 'signed-in' | 'sign-in-refused' | 'signed-out' | 'registered' | 'password-changed' | 'account-deleted'

/**
 * Finds the session of somebody who asks for the session's own household.
 *
 * @throws HttpProblem 401; 404 for every other household, there or not, before anything is done about it
 */
export function householdSession(c: Context, { sessions }: PortalContext): Session<SupplierSession> {
  const session = sessionOf(c, sessions)
  if (c.req.param('household') !== session.value.household) throw new HttpProblem(404, 'no such household')
  if (c.req.method !== 'GET') checkCsrf(c, session)
  return session
}

/**
 * Checks the name of an account that a route is given.
 *
 * @throws HttpProblem 400
 */
export function accountName(text: string): string {
  try {
    return checkAccountName(text)
  } catch {
    // Replaces the only error there can be by one that does not repeat the name.
    throw new HttpProblem(400, 'account: expected 1 to 64 of a-z, 0-9, ".", "_" and "-", the first a letter or digit')
  }
}
