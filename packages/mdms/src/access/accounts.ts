// Accounts of the store, and the rights of each.
import { InvalidArgumentError, type Rng } from '@hushgrid/primitives'
import { checkName } from '../database/context.ts'
import { first, type Row, type Transaction } from '../database/database.ts'
import { ConflictError, NotAllowedError, StoreDamagedError, UnknownAccountError, UnknownHouseholdError } from '../errors.ts'
import { hashPassword } from './password.ts'
import { type Action, type Actor, allows, ROLES, type Role } from './roles.ts'

/** Somebody who may sign in. */
export interface Account {
  readonly account: string
  /** Roles that the account may act in; at least one. */
  readonly roles: readonly Role[]
  /** Pseudonym of the household of a customer's account; no other account has one. */
  readonly household?: string
}

/**
 * Tells whether an actor may do something.
 *
 * @param household - the household concerned, if any; a customer's account is answered for its own only, without a look
 * at whether another exists
 * @returns the error to raise once the refusal is in the audit log; undefined where it is allowed
 */
export async function refusalOf(
  transaction: Transaction,
  actor: Actor,
  action: Action,
  household?: string
): Promise<NotAllowedError | UnknownAccountError | UnknownHouseholdError | undefined> {
  const account = await findAccount(transaction, actor.account)
  if (!account) return new UnknownAccountError(`expected an account of the store, got ${JSON.stringify(actor.account)}`)
  if (!account.roles.includes(actor.role))
    return new NotAllowedError(`expected ${actor.account} to act in one of its roles, got ${actor.role}`)
  if (!allows(action, actor.role)) return new NotAllowedError(`expected a role that may ${action}, got ${actor.role}`)
  if (actor.role === 'customer' && household !== undefined && household !== account.household)
    return new UnknownHouseholdError(`expected the household of ${actor.account}, got ${JSON.stringify(household)}`)
  return undefined
}

/** Reads all accounts, by name. */
export async function readAccounts(transaction: Transaction): Promise<Account[]> {
  return (await transaction.all('SELECT account, roles, household FROM accounts ORDER BY account')).map(accountOf)
}

/** Finds one account. */
export async function findAccount(transaction: Transaction, account: string): Promise<Account | undefined> {
  const row = await first(transaction, 'SELECT account, roles, household FROM accounts WHERE account = ?', account)
  return row && accountOf(row)
}

/** Gives the names of the accounts for a household, in order. */
export async function accountsFor(transaction: Transaction, household: string): Promise<string[]> {
  const rows = await transaction.all('SELECT account FROM accounts WHERE household = ? ORDER BY account', household)
  return rows.map(row => row.account as string)
}

/** Finds the hash of an account's password. */
export async function findPassword(transaction: Transaction, account: string): Promise<string | undefined> {
  const row = await first(transaction, 'SELECT password FROM accounts WHERE account = ?', account)
  return row?.password as string | undefined
}

/**
 * Makes an account ready to insert. Hashes its password before the transaction, which would wait for it.
 *
 * @throws InvalidArgumentError
 */
export async function newAccount(account: Account, password: string, rng: Rng): Promise<Account & { readonly password: string }> {
  const roles = checkRoles(account.roles)
  const { household } = account
  if (isCustomer(roles) !== (household !== undefined))
    throw new InvalidArgumentError('household', "one of a customer's account, and of no other", household === undefined ? 'none' : 'one')
  return {
    account: checkName(account.account, 'account'),
    roles,
    ...(household !== undefined && { household: checkName(household, 'household') }),
    password: await hashPassword(password, rng)
  }
}

/** Describes a new account for the audit log. */
export function inWords({ account, roles, household }: Account): string {
  return `${account}: ${roles.join(', ')}${household === undefined ? '' : ` of ${household}`}`
}

/** @throws ConflictError where there is an account of the name */
export async function insertAccount(transaction: Transaction, made: Account & { password: string }): Promise<void> {
  const { account, roles, household, password } = made
  if (await findAccount(transaction, account)) throw new ConflictError(`account ${account}: expected a name that is free, got one in use`)
  await transaction.run(
    'INSERT INTO accounts (account, password, roles, household) VALUES (?, ?, ?, ?)',
    ...[account, password, roles.join(' '), household ?? null]
  )
}

/** @throws UnknownAccountError; ConflictError where it takes the last administrator away, or makes or unmakes a customer */
export async function changeRoles(transaction: Transaction, account: string, roles: readonly Role[]): Promise<void> {
  const checked = checkRoles(roles)
  const before = await checkKnown(transaction, account)
  if (isCustomer(checked) !== isCustomer(before.roles))
    throw new ConflictError(`account ${account}: expected a customer's account to stay one, and another to become none`)
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

async function checkKnown(transaction: Transaction, account: string): Promise<Account> {
  const known = await findAccount(transaction, account)
  if (!known) throw new UnknownAccountError(`expected an account of the store, got ${JSON.stringify(account)}`)
  return known
}

/** Refuses to remove the last administrator, without whom nobody could make another. */
async function checkAdministrator(transaction: Transaction): Promise<void> {
  const accounts = await readAccounts(transaction)
  if (!accounts.some(({ roles }) => roles.includes('admin'))) throw new ConflictError('accounts: expected an admin to be left, got none')
}

function checkRoles(roles: readonly Role[]): Role[] {
  const known = ROLES.filter(role => roles.includes(role))
  if (known.length === 0 || known.length !== roles.length) {
    throw new InvalidArgumentError('roles', `one or more of ${ROLES.join(', ')}, each once`, JSON.stringify(roles))
  }
  if (isCustomer(known) && known.length > 1)
    throw new InvalidArgumentError('roles', 'customer by itself, since such an account is for one household only', known.join(', '))
  return known
}

function isCustomer(roles: readonly Role[]): boolean {
  return roles.includes('customer')
}

function accountOf({ account, roles, household }: Row): Account {
  const held = (roles as string).split(' ')
  const known = ROLES.filter(role => held.includes(role))
  if (known.length !== held.length) throw new StoreDamagedError(`account ${account}: expected roles of this version, got ${roles}`)
  if (isCustomer(known) !== (typeof household === 'string'))
    throw new StoreDamagedError(`account ${account}: expected a household of a customer's account and of no other, got ${roles}`)
  return { account: account as string, roles: known, ...(typeof household === 'string' && { household }) }
}
