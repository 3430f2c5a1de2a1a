// What the audit log says about one household, for its customer.

import type { Context } from '../database/context.ts'
import type { Transaction, Value } from '../database/database.ts'
import { networkOf } from '../records/household-periods.ts'
import { accountsFor, inWords } from './accounts.ts'
import type { AuditLine } from './audit-log.ts'
import type { Action, Actor } from './roles.ts'

/** Lines that are given out at most. */
const MOST = 1_000

/** Actions on one household, whose pseudonym is the line's detail. */
const OF_HOUSEHOLD: readonly Action[] = [
  'read consumption',
  'read household consumption',
  'read readings',
  'read household bills',
  'read consents',
  'give consent',
  'withdraw consent',
  'delete readings',
  'close account',
  'read household access'
]
/** Actions on all households of a network. */
const OF_ALL: readonly Action[] = ['read bills', 'read consumption', 'read billing run', 'read conflicts']
/** Actions on an account, whose name is the line's detail: who sets its password can read what its customer can. */
const OF_ACCOUNT: readonly Action[] = ['change password', 'change own password', 'change roles']

/** A condition on lines, and its parameters. */
type Condition = readonly [where: string, parameters: readonly Value[]]

/**
 * Lines about a household, in order, the last 1,000: what was done with its readings, bills, consumption and consents; how
 * its accounts were made and their passwords changed; and what was read of all households of its network together. Of the
 * last it is not looked at whether the household had something there at the time, or in the slots that were asked for:
 * rather one line too many than one too few. A household that the store has nothing of any more is in no network.
 *
 * Where there are more, the lines of others come before those of the customer, who looks the most often.
 */
export async function readHouseholdAccess(
  { audit }: Context,
  transaction: Transaction,
  actor: Actor,
  household: string
): Promise<AuditLine[]> {
  const conditions = await conditionsOf(transaction, household)
  const read = async (who: string): Promise<AuditLine[]> => {
    const lines: AuditLine[] = []
    // One by one, so that each finds its lines by an index of its own.
    for (const [where, parameters] of conditions)
      lines.push(...(await audit.last(transaction, `${where} AND ${who}`, [...parameters, actor.account], MOST)))
    return lines.sort((a, b) => b.number - a.number)
  }
  const others = await read('(account IS NULL OR account <> ?)')
  const own = await read('account = ?')
  const kept = [...others, ...own].slice(0, MOST)
  return kept.sort((a, b) => a.number - b.number)
}

async function conditionsOf(transaction: Transaction, household: string): Promise<Condition[]> {
  const about = (detail: string, actions: readonly Action[]): Condition => [`detail = ? AND ${among(actions)}`, [detail, ...actions]]
  const network = await networkOf(transaction, household)
  const accounts = await accountsFor(transaction, household)
  // An index by detail would be no help with lines that have none.
  return [
    about(household, OF_HOUSEHOLD),
    ...accounts.flatMap(account => [
      about(account, OF_ACCOUNT),
      about(inWords({ account, roles: ['customer'], household }), ['create account'])
    ]),
    ...(network === undefined ? [] : [[`network = ? AND coalesce(detail, '') = '' AND ${among(OF_ALL)}`, [network, ...OF_ALL]] as const])
  ]
}

function among(actions: readonly Action[]): string {
  return `action IN (${actions.map(() => '?').join(', ')})`
}
