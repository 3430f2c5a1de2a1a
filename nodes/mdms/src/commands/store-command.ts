// The shared parts of commands that use the store: signing in, and ending.
import { type Account, type Actor, type Network, ROLES, type Role, type Store } from '@hushgrid/mdms'
import { HushgridError, InvalidArgumentError, meant } from '@hushgrid/primitives'
import { PasswordInput } from '@hushgrid/runtime'
import type { Command } from 'commander'
import { openUnclaimed, STORE_HELP, type StoreLocation, storeLocation } from './store-location.ts'

/** A sign-in without such an account or with another password; which of the two is not said. */
class SignInError extends HushgridError {
  override name = 'SignInError'
}

/** Help about passwords, for every command that asks for one. */
export const PASSWORDS_EXPLAINED = `Passwords are typed without being shown, or come a line each on standard input where something is piped in; never as an
argument. Each sign-in, and what is read or changed, is in the store's audit log. All of this works while "pnpm node:mdms"
runs on the same folder.`

/**
 * Adds the options of the store's place. Does not repeat an argument too many, since it may be a password.
 *
 * @param argumentCount - number of arguments that the command takes
 */
export function withStore(command: Command, argumentCount = 0): Command {
  return command
    .allowExcessArguments(true)
    .hook('preAction', () => {
      const { length } = command.args
      if (length > argumentCount) throw new HushgridError(`too many arguments: expected ${argumentCount}, got ${length}. Try --help.`)
    })
    .requiredOption('--data-dir <folder>', 'the folder of "pnpm node:mdms", with the keys of the store')
    .option('--store <path|url>', STORE_HELP, storeLocation)
}

/** Opens the store, and puts everything away again, also after an error. */
export async function withOpenStore<T>(
  location: StoreLocation,
  run: (store: Store, passwords: PasswordInput) => Promise<T>,
  make = false
): Promise<T> {
  const passwords = PasswordInput.ofProcess()
  try {
    const store = await openUnclaimed(location, make)
    try {
      return await run(store, passwords)
    } finally {
      await store.close()
    }
  } finally {
    await passwords.close()
  }
}

/**
 * Asks for an account's password.
 *
 * @param role - role to act in; the store decides whether the account may, and notes a refusal
 * @throws SignInError, PasswordInputError
 */
export async function signIn(store: Store, passwords: PasswordInput, account: string, role: Role): Promise<Actor> {
  const password = await passwords.read(account)
  const signedIn: Account | undefined = await store.signIn(account, password)
  if (!signedIn) throw new SignInError(`${account}: expected an account of the store and its password, got another name or password`)
  return { account: signedIn.account, role }
}

/** Reads `--roles`. */
export function rolesOption(text: string): Role[] {
  const named = text.split(',').map(role => role.trim())
  const roles = ROLES.filter(role => named.includes(role))
  if (roles.length === named.length && roles.length > 0) return roles
  const wrong = named.find(role => !ROLES.some(each => each === role)) ?? ''
  throw new InvalidArgumentError(
    '--roles',
    `one or more of ${ROLES.join(', ')}, with commas between them`,
    `${JSON.stringify(text)}${meant(wrong, ROLES)}`
  )
}

/**
 * Finds the named network, or the only one where none is named.
 *
 * @param name - `--network`
 */
export function networkNamed(store: Store, networks: readonly Network[], name: string | undefined): Network {
  const network = name === undefined && networks.length === 1 ? networks[0] : networks.find(each => each.network === name)
  if (network) return network
  if (networks.length === 0) throw new HushgridError(`${store.name}: expected a network in the store, got none yet`)
  const names = networks.map(each => each.network)
  throw new HushgridError(
    `--network: expected one of ${names.join(', ')}, got ${name === undefined ? 'none' : `${JSON.stringify(name)}${meant(name, names)}`}`
  )
}
