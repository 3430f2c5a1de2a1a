// The shared ground of the store's parts: the context of a call, checked names and ranges, networks.
import { type Clock, checkSlotSeconds, InvalidArgumentError, type Millis, type Rng, slot } from '@hushgrid/primitives'
import type { SlotRange } from '@hushgrid/statistics'
import type { AuditLog } from '../access/audit-log.ts'
import { ConflictError, UnknownNetworkError } from '../errors.ts'
import type { StoreKeys } from '../keys/store-keys.ts'
import type { Network, Recorded } from '../records/records.ts'
import { type Database, first, type Transaction } from './database.ts'

/** Kinds of records that are deleted at an age of their own; `consumption` includes bills. */
export type Retained = 'totals' | 'consumption' | 'readings'

/** Configuration of a store. */
export interface Limits {
  /** Fewest meters in a total that is kept; at least 2. */
  readonly minimumContributors: number
  /** Fewest slots of a household's period, at least 2; a day's where undefined. */
  readonly minimumPeriodSlots: number | undefined
  /** Ages in milliseconds at which records are deleted. */
  readonly retention: Readonly<Record<Retained, number>>
}

/** State that the parts of a store share. */
export interface Context {
  readonly database: Database
  readonly storeKeys: StoreKeys
  readonly audit: AuditLog
  readonly clock: Clock
  readonly rng: Rng
  readonly limits: Limits
}

/** Last moment of a JavaScript date, and so of an export (ECMA-262 section 21.4.1.1), in milliseconds. */
const LAST_MOMENT = 8.64e15

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._:@/-]{0,127}$/u

/** Tells whether {@link checkName} takes a name. */
export function isName(name: string): boolean {
  return typeof name === 'string' && NAME.test(name)
}

/**
 * Checks a name that people read and type: of a network, household, tariff or account.
 *
 * @param what - the argument's name in the error
 * @throws InvalidArgumentError, which does not repeat the text: it may be a password in the wrong field
 */
export function checkName(name: string, what: string): string {
  if (!isName(name)) {
    throw new InvalidArgumentError(what, '1 to 128 letters, digits, spaces and ._:@/-, the first a letter or digit', 'something else')
  }
  return name
}

/** @throws InvalidArgumentError where a bound is no slot, or the range is empty or backwards */
export function checkRange(range: SlotRange): SlotRange {
  const from = slot(range.from)
  const until = slot(range.until)
  if (from >= until) throw new InvalidArgumentError('range', 'slots [from, until) with from before until', `[${from}, ${until})`)
  return { from, until }
}

/** @throws InvalidArgumentError where a slot lies beyond what a date can say */
export function checkMoment(lastSlot: number, slotSeconds: number): void {
  if ((lastSlot + 1) * slotSeconds * 1000 > LAST_MOMENT) {
    throw new InvalidArgumentError('slot', `one before the year 275760 at ${slotSeconds} seconds a slot`, String(lastSlot))
  }
}

/** @throws UnknownNetworkError */
export async function slotSecondsOf(transaction: Transaction, network: string): Promise<number> {
  const row = await first(transaction, 'SELECT slot_seconds FROM networks WHERE network = ?', network)
  if (!row) throw new UnknownNetworkError(`expected a network that was registered, got ${JSON.stringify(network)}`)
  return row.slot_seconds as number
}

/**
 * Makes a network known, whose slots keep their length.
 *
 * @throws ConflictError where it is known with slots of another length; InvalidArgumentError
 */
export async function registerNetwork(transaction: Transaction, { network, slotSeconds }: Network): Promise<Recorded> {
  checkName(network, 'network')
  checkSlotSeconds(slotSeconds)
  const known = await first(transaction, 'SELECT slot_seconds FROM networks WHERE network = ?', network)
  if (!known) {
    await transaction.run('INSERT INTO networks (network, slot_seconds) VALUES (?, ?)', network, slotSeconds)
    return 'new'
  }
  if (known.slot_seconds === slotSeconds) return 'known'
  throw new ConflictError(`network ${network}: expected slots of ${known.slot_seconds} s as before, got ${slotSeconds} s`)
}

/** Reads all networks, by name. */
export async function readNetworks(transaction: Transaction): Promise<Network[]> {
  const rows = await transaction.all('SELECT network, slot_seconds FROM networks ORDER BY network')
  return rows.map(row => ({ network: row.network as string, slotSeconds: row.slot_seconds as number }))
}

/** Gives the time before which everything has been deleted. */
export async function retentionMark(transaction: Transaction, of: Retained): Promise<Millis> {
  const row = await first(transaction, 'SELECT value FROM settings WHERE name = ?', `retention of ${of}`)
  return Number(row ? Buffer.from(row.value as Uint8Array).toString('utf8') : 0) as Millis
}
