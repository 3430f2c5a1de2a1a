import { InvalidArgumentError } from '@hushgrid/primitives'
import { type Context, checkName, checkRange } from '../database/context.ts'
import type { Transaction } from '../database/database.ts'
import { refusalOf } from './accounts.ts'
import type { AuditEntry } from './audit-log.ts'
import type { Action, Actor } from './roles.ts'

/** Scope of a line: the network, slots, household, tariff or account concerned. */
export type Scope = Pick<AuditEntry, 'network' | 'range' | 'detail'>

interface Deed extends Scope {
  readonly actor: Actor
  readonly action: Action
  /** Household concerned, if any; a customer's account has to be of it. */
  readonly household?: string
}

/**
 * Runs an action of an account and adds its line in one transaction; notes a refusal before it is raised.
 *
 * @throws NotAllowedError, UnknownAccountError, UnknownHouseholdError, InvalidArgumentError; what `run` throws
 */
export async function audited<T>(context: Context, deed: Deed, run: (transaction: Transaction) => Promise<T>): Promise<T> {
  const { actor, action, household, ...scope } = deed
  const { account, role } = actor
  checkScope(actor, scope)
  const outcome = await context.database.transaction(async transaction => {
    const refusal = await refusalOf(transaction, actor, action, household)
    await context.audit.append(transaction, { account, role, action, outcome: refusal ? 'denied' : 'done', ...scope })
    return refusal ? { refusal } : { value: await run(transaction) }
  })
  if ('refusal' in outcome) throw outcome.refusal
  return outcome.value
}

/** Runs {@link audited} about one household, which a customer's account has to be of. */
export async function auditedOfHousehold<T>(
  context: Context,
  deed: Pick<Deed, 'actor' | 'action' | 'range'> & { readonly household: string },
  run: (transaction: Transaction) => Promise<T>
): Promise<T> {
  return await audited(context, { ...deed, detail: checkName(deed.household, 'household') }, run)
}

/** Makes sure that the fields of a line can be written to the log. */
function checkScope({ account, role }: Actor, { network, range, detail }: Scope): void {
  checkName(account, 'account')
  checkName(role, 'role')
  if (network !== undefined) checkName(network, 'network')
  if (range !== undefined) checkRange(range)
  if (detail !== undefined && (detail.length > 256 || detail.includes('\0'))) {
    throw new InvalidArgumentError('name', 'at most 256 characters', `${detail.length} or a zero among them`)
  }
}
