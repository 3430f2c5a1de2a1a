import { InvalidArgumentError, type Rng } from '@hushgrid/primitives'
import { checkName } from './context.ts'
import { first, type Row, type Transaction } from './database.ts'
import { ConflictError, NotAllowedError, StoreDamagedError, UnknownAccountError } from './errors.ts'
import { hashPassword } from './password.ts'
import { type Action, type Actor, allows, ROLES, type Role } from './roles.ts'

/** Somebody who may sign in. */
export interface Account {
  readonly account: string
  /** What the account may act as; at least one. */
  readonly roles: readonly Role[]
}

/**
 * Whether an actor may do something.
 *
 * @returns the error to raise once the refusal is in the audit log; undefined where it is allowed
 */
export async function refusalOf(
  transaction: Transaction,
  actor: Actor,
  action: Action
): Promise<NotAllowedError | UnknownAccountError | undefined> {
  const account = await findAccount(transaction, actor.account)
  if (!account) return new UnknownAccountError(`expected an account of the store, got ${JSON.stringify(actor.account)}`)
  if (!account.roles.includes(actor.role))
    return new NotAllowedError(`expected ${actor.account} to act in one of its roles, got ${actor.role}`)
  if (!allows(action, actor.role)) return new NotAllowedError(`expected a role that may ${action}, got ${actor.role}`)
  return undefined
}

/** All accounts, by name. */
export async function readAccounts(transaction: Transaction): Promise<Account[]> {
  return (await transaction.all('SELECT account, roles FROM accounts ORDER BY account')).map(accountOf)
}

/** One account. */
export async function findAccount(transaction: Transaction, account: string): Promise<Account | undefined> {
  const row = await first(transaction, 'SELECT account, roles FROM accounts WHERE account = ?', account)
  return row && accountOf(row)
}

/** The hash of an account's password. */
export async function findPassword(transaction: Transaction, account: string): Promise<string | undefined> {
  const row = await first(transaction, 'SELECT password FROM accounts WHERE account = ?', account)
  return row?.password as string | undefined
}

/**
 * An account that is ready to be inserted: its password is hashed before the transaction, which would wait for it.
 *
 * @throws InvalidArgumentError
 */
export async function newAccount(account: Account, password: string, rng: Rng): Promise<Account & { readonly password: string }> {
  return { account: checkName(account.account, 'account'), roles: checkRoles(account.roles), password: await hashPassword(password, rng) }
}

/** @throws ConflictError where there is an account of the name */
export async function insertAccount(transaction: Transaction, { account, roles, password }: Account & { password: string }): Promise<void> {
  if (await findAccount(transaction, account)) throw new ConflictError(`account ${account}: expected a name that is free, got one in use`)
  await transaction.run('INSERT INTO accounts (account, password, roles) VALUES (?, ?, ?)', account, password, roles.join(' '))
}

/** @throws UnknownAccountError; ConflictError where it takes the last administrator away */
export async function changeRoles(transaction: Transaction, account: string, roles: readonly Role[]): Promise<void> {
  const checked = checkRoles(roles)
  await checkKnown(transaction, account)
  await transaction.run('UPDATE accounts SET roles = ? WHERE account = ?', checked.join(' '), account)
  await checkAdministrator(transaction)
}

/** @throws UnknownAccountError */
export async function changePassword(transaction: Transaction, account: string, password: string): Promise<void> {
  await checkKnown(transaction, account)
  await transaction.run('UPDATE accounts SET password = ? WHERE account = ?', password, account)
}

/** @throws UnknownAccountError; ConflictError where it takes the last administrator away */
export async function removeAccount(transaction: Transaction, account: string): Promise<void> {
  await checkKnown(transaction, account)
  await transaction.run('DELETE FROM accounts WHERE account = ?', account)
  await checkAdministrator(transaction)
}

async function checkKnown(transaction: Transaction, account: string): Promise<void> {
  if (!(await findAccount(transaction, account))) {
    throw new UnknownAccountError(`expected an account of the store, got ${JSON.stringify(account)}`)
  }
}

/** Without one nobody could make another. */
async function checkAdministrator(transaction: Transaction): Promise<void> {
  const accounts = await readAccounts(transaction)
  if (!accounts.some(({ roles }) => roles.includes('admin'))) throw new ConflictError('accounts: expected an admin to be left, got none')
}

function checkRoles(roles: readonly Role[]): Role[] {
  const known = ROLES.filter(role => roles.includes(role))
  if (known.length === 0 || known.length !== roles.length) {
    throw new InvalidArgumentError('roles', `one or more of ${ROLES.join(', ')}, each once`, JSON.stringify(roles))
  }
  return known
}

function accountOf({ account, roles }: Row): Account {
  const held = (roles as string).split(' ')
  const known = ROLES.filter(role => held.includes(role))
  if (known.length !== held.length) throw new StoreDamagedError(`account ${account}: expected roles of this version, got ${roles}`)
  return { account: account as string, roles: known }
}
