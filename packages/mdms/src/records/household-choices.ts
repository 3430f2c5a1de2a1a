// A customer's decisions on the household's records.
import type { Millis } from '@hushgrid/primitives'
import { accountsFor, removeAccount } from '../access/accounts.ts'
import { type Context, slotSecondsOf } from '../database/context.ts'
import { first, type Transaction } from '../database/database.ts'
import { noteConsent, readConsents } from './consents.ts'
import { deleteReadings } from './readings.ts'
import type { ClosedAccount, Consent, ConsentPurpose } from './records.ts'

/**
 * Gives or withdraws a consent. Withdrawing `keep-readings` deletes the readings.
 *
 * @throws InvalidArgumentError
 */
export async function setConsent(
  context: Context,
  transaction: Transaction,
  household: string,
  purpose: ConsentPurpose,
  given: boolean
): Promise<Consent[]> {
  await noteConsent(context, transaction, household, { purpose, given })
  if (!given) await deleteReadings(transaction, household)
  return await readConsents(transaction, household)
}

/**
 * Removes a customer's account. The household's batches go with its last account, since no customer could read on
 * otherwise. New ones are not kept from then on, since nobody is left to read them; this alone is remembered, and a new
 * account of the household can give that consent.
 */
export async function closeAccount(context: Context, transaction: Transaction, account: string, household: string): Promise<ClosedAccount> {
  await removeAccount(transaction, account)
  const shared = (await accountsFor(transaction, household)).length > 0
  let batches = 0
  if (!shared) {
    batches = await deleteReadings(transaction, household)
    await noteConsent(context, transaction, household, { purpose: 'keep-readings', given: false })
  }
  return { batches, shared, ...(await whatStays(transaction, household)) }
}

async function whatStays(transaction: Transaction, household: string): Promise<Pick<ClosedAccount, 'bills' | 'consumption' | 'billsEnd'>> {
  const consumption = await first(transaction, 'SELECT count(*) AS rows FROM consumption WHERE household = ?', household)
  const bills = await first(
    transaction,
    'SELECT count(*) AS rows, max(period_until) AS until, max(network) AS network FROM bills WHERE household = ?',
    household
  )
  const until = bills?.until
  return {
    bills: bills?.rows as number,
    consumption: consumption?.rows as number,
    ...(typeof until === 'number' && {
      billsEnd: (until * (await slotSecondsOf(transaction, bills?.network as string)) * 1000) as Millis
    })
  }
}
