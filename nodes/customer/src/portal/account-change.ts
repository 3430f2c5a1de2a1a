// A change of an account in its two places: the proof at the supplier, the record here.
import { HttpProblem } from '@hushgrid/http'
import type { AccountRecord } from '../device/account-record.ts'
import type { PortalContext } from './portal-context.ts'
import type { SupplierSession } from './supplier-client.ts'

/** An account's proof and record from now on. */
export interface AccountChange {
  /** Password or proof that the supplier has until now; may equal `proof`. */
  readonly current: string
  readonly proof: string
  readonly record: AccountRecord
}

/**
 * Changes the proof at the supplier, and then the record: where that cannot be kept, the proof is what it was. Takes one
 * change of an account at a time, since two at once could leave one's record with the other's proof.
 *
 * @throws HttpProblem 409; the supplier's refusal
 */
export async function changeAccount(
  { supplier, records, changing }: PortalContext,
  session: SupplierSession,
  { current, proof, record }: AccountChange
): Promise<void> {
  const { account } = session
  if (changing.has(account)) throw new HttpProblem(409, 'the account is being changed: try again in a minute')
  changing.add(account)
  try {
    if (current !== proof) await supplier.changePassword(session, current, proof)
    try {
      records.keep(record)
    } catch (cause) {
      if (current !== proof) await supplier.changePassword(session, proof, current)
      throw cause
    }
  } finally {
    changing.delete(account)
  }
}
