import { InvalidArgumentError, type Millis } from '@hushgrid/primitives'
import { type Context, checkName } from '../database/context.ts'
import { first, type Transaction } from '../database/database.ts'
import { ConsentWithdrawnError } from '../errors.ts'
import type { Consent, ConsentPurpose } from './records.ts'

/** Purposes that a household may or may not consent to. */
export const CONSENT_PURPOSES: readonly ConsentPurpose[] = ['keep-readings']

/** @throws InvalidArgumentError */
function checkPurpose(purpose: ConsentPurpose): ConsentPurpose {
  if (!CONSENT_PURPOSES.includes(purpose)) throw new InvalidArgumentError('purpose', CONSENT_PURPOSES.join(' or '), typeof purpose)
  return purpose
}

/** Reads a household's word on each purpose. Without a word it is consented to: the customer had the meter bring its readings. */
export async function readConsents(transaction: Transaction, household: string): Promise<Consent[]> {
  const rows = await transaction.all('SELECT purpose, given, since FROM consents WHERE household = ?', checkName(household, 'household'))
  return CONSENT_PURPOSES.map(purpose => {
    const row = rows.find(each => each.purpose === purpose)
    return row ? { purpose, given: row.given === 1, since: row.since as Millis } : { purpose, given: true }
  })
}

/** Notes a household's word on a purpose; a repeated word keeps its first time. */
export async function noteConsent(
  { clock }: Pick<Context, 'clock'>,
  transaction: Transaction,
  household: string,
  { purpose, given }: Omit<Consent, 'since'>
): Promise<void> {
  const where = [checkName(household, 'household'), checkPurpose(purpose)]
  const before = await first(transaction, 'SELECT given FROM consents WHERE household = ? AND purpose = ?', ...where)
  if (before && (before.given === 1) === given) return
  await transaction.run('DELETE FROM consents WHERE household = ? AND purpose = ?', ...where)
  await transaction.run(
    'INSERT INTO consents (household, purpose, given, since) VALUES (?, ?, ?, ?)',
    ...[...where, given ? 1 : 0, clock.now()]
  )
}

/** @throws ConsentWithdrawnError where the household has withdrawn it */
export async function checkConsent(transaction: Transaction, household: string, purpose: ConsentPurpose): Promise<void> {
  const row = await first(transaction, 'SELECT given FROM consents WHERE household = ? AND purpose = ?', household, purpose)
  if (row && row.given !== 1) throw new ConsentWithdrawnError(`the customer has withdrawn consent to ${WORDS[purpose]}`)
}

const WORDS: Readonly<Record<ConsentPurpose, string>> = { 'keep-readings': 'keep readings' }
