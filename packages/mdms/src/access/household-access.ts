// The audit log's lines about one household, for its customer.

import type { Context } from '../database/context.ts'
import type { Transaction, Value } from '../database/database.ts'
import { networkOf } from '../records/household-periods.ts'
import { accountsFor, inWords } from './accounts.ts'
import type { AuditLine } from './audit-log.ts'
import type { Action, Actor } from './roles.ts'

/** Most lines that are given out. */
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
/** Actions on an account, whose name is the line's detail: whoever sets its password can read all that its customer can. */
const OF_ACCOUNT: readonly Action[] = ['change password', 'change own password', 'change roles']

/** A condition on lines, and its parameters. */
type Condition = readonly [where: string, parameters: readonly Value[]]

/**
 * Reads the lines about a household, in order, the last 1,000: uses of its readings, bills, consumption and consents;
 * changes of its accounts and their passwords; and reads of all households of its network together. The last are given
 * even where the household had nothing there at the time or in the slots asked for: rather one line too many than one
 * too few. A household of which nothing is left is in no network.
 *
 * Where there are more, the lines of others come before the customer's own, which are the most frequent.
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
    // Queries one by one, so that each finds its lines by an index of its own.
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
  // Filters by network, since an index by detail does not help with lines that have none.
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
