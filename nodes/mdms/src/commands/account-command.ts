// `pnpm node:mdms account`: the accounts of the store, and their roles.
import type { Account, Role, Store } from '@hushgrid/mdms'
import { HushgridError } from '@hushgrid/primitives'
import { type PasswordInput, runCommand } from '@hushgrid/runtime'
import { PASSWORD_CHARACTERS } from '@hushgrid/web-api'
import { Command } from 'commander'
import { PASSWORDS_EXPLAINED, rolesOption, signIn, withOpenStore, withStore } from './store-command.ts'
import type { StoreLocation } from './store-location.ts'
import { printJson, printTable } from './tables.ts'

interface Options extends StoreLocation {
  readonly as?: string
  readonly roles: readonly Role[]
  readonly household?: string
  readonly json?: boolean
}

const EXPLANATION = `
Roles: supplier-analyst (totals and statistics), billing (what households used over billing periods, bills, tariffs), auditor
(the audit log), admin (accounts), customer (the encrypted readings and the bills of one household, which --household names
by the pseudonym that "pnpm node:mdms household" prints; no other role goes with it). The first account of a store is an
admin, and makes the others; it needs no --as. With --as the password of that admin comes first, then the new account's: at
least ${PASSWORD_CHARACTERS.least} characters.

${PASSWORDS_EXPLAINED}

Examples:
  pnpm node:mdms account add ada --roles admin --data-dir mdms
  pnpm node:mdms account add eve --roles supplier-analyst,billing --data-dir mdms --as ada
  pnpm node:mdms account add flat-7 --roles customer --household household-6f0c… --data-dir mdms --as ada
  pnpm node:mdms account list --data-dir mdms --as ada
  pnpm node:mdms account remove eve --data-dir mdms --as ada`

const AS = '--as <admin>'
const AS_HELP = 'the admin who does it'

/** Runs the command; sets the exit status. */
export async function account(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm node:mdms account').description('Accounts of the store.').addHelpText('after', EXPLANATION)
  withStore(command.command('add <name>').description('make an account'), 1)
    .requiredOption('--roles <role,…>', 'what it may act as', rolesOption)
    .option('--household <pseudonym>', "of a customer's account: the household that it is for")
    .option(AS, `${AS_HELP}; left out for the first account`)
    .action(add)
  withStore(command.command('list').description('all accounts and their roles'))
    .requiredOption(AS, AS_HELP)
    .option('--json', 'as one JSON value')
    .action(list)
  withStore(command.command('remove <name>').description('take an account away'), 1).requiredOption(AS, AS_HELP).action(remove)
  for (const sub of command.commands) sub.addHelpText('after', EXPLANATION)
  await runCommand(command, argv)
}

async function add(name: string, options: Options): Promise<void> {
  const { as, roles, household } = options
  const first = as === undefined
  if (first && (roles.length !== 1 || roles[0] !== 'admin'))
    throw new HushgridError(
      '--as: expected the admin who makes this account, got none; only the first account of a store has no --as, and --roles admin'
    )
  if (roles.includes('customer') !== (household !== undefined))
    throw new HushgridError(
      `--household: expected one with --roles customer, and with no other, got ${household === undefined ? 'none' : `it with ${roles.join(', ')}`}`
    )
  const made: Account = { account: name, roles, ...(household !== undefined && { household }) }
  await withOpenStore(options, (store, passwords) => (first ? addFirst(store, passwords, name) : addAs(store, passwords, as, made)), first)
  process.stdout.write(`account ${name}: ${roles.join(', ')}\n`)
}

async function addFirst(store: Store, passwords: PasswordInput, name: string): Promise<void> {
  await store.createFirstAccount(name, await passwords.readNew(name))
}

async function addAs(store: Store, passwords: PasswordInput, as: string, made: Account): Promise<void> {
  const actor = await signIn(store, passwords, as, 'admin')
  await store.createAccount(actor, made, await passwords.readNew(made.account))
}

async function list(options: Options): Promise<void> {
  const accounts = await withOpenStore(options, async (store, passwords) => {
    return await store.readAccounts(await signIn(store, passwords, options.as as string, 'admin'))
  })
  if (options.json) printJson(accounts)
  else
    printTable(
      ['account', 'roles'],
      accounts.map(({ account, roles, household }) => [account, `${roles.join(', ')}${household === undefined ? '' : ` of ${household}`}`])
    )
}

async function remove(name: string, options: Options): Promise<void> {
  await withOpenStore(options, async (store, passwords) => {
    const actor = await signIn(store, passwords, options.as as string, 'admin')
    await store.removeAccount(actor, name)
  })
  process.stdout.write(`account ${name}: removed\n`)
}
