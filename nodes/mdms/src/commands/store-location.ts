import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openKeyFile, openStore, type Store, type StoreOptions } from '@hushgrid/mdms'
import { SystemClock } from '@hushgrid/network'
import { HushgridError, systemRng } from '@hushgrid/primitives'
import { checkFolderRole, makeFolder } from '@hushgrid/runtime'

/** A supplier's data directory that has no store in it. */
class NoStoreError extends HushgridError {
  override name = 'NoStoreError'
}

/** Options that place the store, of every command on it. */
export interface StoreLocation {
  readonly dataDir: string
  readonly store?: string
}

/** Help for `--store`. */
export const STORE_HELP = 'a SQLite file, or postgres://user@host:port/database, its password in PGPASSWORD (default: DATA-DIR/mdms.db)'

/** URL parameters that PostgreSQL programs take a password by. */
const PASSWORDS = ['password', 'pass', 'sslpassword', 'passfile']

/**
 * Reads `--store`. Refuses a password in it, since everybody with an account on the machine sees a process's arguments.
 *
 * @throws HushgridError without the text, where it is an address with a password or of another kind
 */
export function storeLocation(text: string): string {
  if (!/^postgres(ql)?:/i.test(text)) return text
  const url = /^postgres(ql)?:\/\//i.test(text) ? URL.parse(text) : null
  if (!url) throw new HushgridError('--store: expected postgres://user@host:port/database, got something else')
  if (url.password !== '' || PASSWORDS.some(name => url.searchParams.has(name)))
    throw new HushgridError('--store: expected an address without a password, which other users would see; put it in PGPASSWORD')
  return url.href
}

/** Opens the store of a data directory, made where there is none. */
export async function openStoreOf(
  { dataDir, store }: StoreLocation,
  options: Pick<StoreOptions, 'minimumContributors' | 'minimumPeriodSlots' | 'retention'> = {}
): Promise<Store> {
  return await openStore({
    location: store ?? join(dataDir, 'mdms.db'),
    keys: openKeyFile(join(dataDir, 'mdms.keys'), systemRng),
    // Keeps true time, also in a lab: the audit log tells when somebody read something.
    clock: new SystemClock(),
    ...options
  })
}

/**
 * Opens the store for a person's command. Does not claim the folder, on which the node may be running.
 *
 * @param make - true where a folder without a store gets one
 * @throws FolderError, NoStoreError
 */
export async function openUnclaimed(location: StoreLocation, make = false): Promise<Store> {
  const { dataDir, store } = location
  checkFolderRole(dataDir, 'mdms')
  const keys = join(dataDir, 'mdms.keys')
  if (make) makeFolder(dataDir)
  else if (!existsSync(keys)) throw new NoStoreError(`${dataDir}: expected the folder of a supplier, with mdms.keys in it, got none there`)
  const file = store ?? join(dataDir, 'mdms.db')
  // Refuses a wrong path, which would otherwise pass for an empty store.
  if (!make && !/^postgres/.test(file) && !existsSync(file)) throw new NoStoreError(`${file}: expected a store, got no such file`)
  return await openStoreOf(location)
}
