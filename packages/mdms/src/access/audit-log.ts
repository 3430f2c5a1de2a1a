// The log of all reading and changing of records, as a chain that shows alterations and removals.
import { type Clock, equalBytes, type Millis } from '@hushgrid/primitives'
import type { SlotRange } from '@hushgrid/statistics'
import { first, type Row, type Transaction, type Value } from '../database/database.ts'
import { StoreDamagedError } from '../errors.ts'
import type { StoreKeys } from '../keys/store-keys.ts'

/** One line of the audit log. */
export interface AuditLine {
  /** Number of the line, from 1, without a gap. */
  readonly number: number
  /** Time, UTC. */
  readonly at: Millis
  /** Account; undefined where the store's own node acted, or somebody without an account tried. */
  readonly account?: string
  readonly role?: string
  readonly action: string
  readonly outcome: 'done' | 'denied'
  readonly network?: string
  /** Slots that were asked for. */
  readonly range?: SlotRange
  /** Pseudonym of the household, or name of the tariff or account concerned. */
  readonly detail?: string
}

/** The end of the log, to be noted outside the store: it tells later whether the store was set back to an older state. */
export interface AuditHead {
  readonly number: number
  /** 32 bytes. */
  readonly mac: Uint8Array
}

/** Content of a new line; the log adds its number and the time. */
export type AuditEntry = Omit<AuditLine, 'number' | 'at'>

const COLUMNS = 'number, at, account, role, action, outcome, network, range_from, range_until, detail, mac'
const NOTHING = new Uint8Array(32)
/** Lines that are checked at a time. */
const BATCH = 1_000

/**
 * The append-only record of all actions. Each line carries an HMAC over itself and the line before, under a key that is
 * not in the database; the end has an HMAC of its own. So a line that is changed, added, removed or moved shows, also at
 * the end. (After Schneier and Kelsey 1999, without their evolving key: whoever has the wrapping key can write any log.)
 */
export class AuditLog {
  readonly #storeKeys: StoreKeys
  readonly #clock: Clock
  readonly #name: string

  constructor(storeKeys: StoreKeys, clock: Clock, name: string) {
    this.#storeKeys = storeKeys
    this.#clock = clock
    this.#name = name
  }

  /** Adds a line, in the transaction of its action. */
  async append(transaction: Transaction, entry: AuditEntry): Promise<void> {
    const head = await this.head(transaction)
    const number = head.number + 1
    const values = [
      number,
      this.#clock.now(),
      entry.account ?? null,
      entry.role ?? null,
      entry.action,
      entry.outcome,
      entry.network ?? null,
      entry.range?.from ?? null,
      entry.range?.until ?? null,
      entry.detail ?? null
    ]
    const mac = this.#storeKeys.mac('audit line', head.mac, ...values)
    await transaction.run(`INSERT INTO audit (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, ...values, mac)
    const headMac = this.#storeKeys.mac('audit head', number, mac)
    if (number > 1) await transaction.run('UPDATE audit_head SET number = ?, mac = ? WHERE one = 1', number, headMac)
    else await transaction.run('INSERT INTO audit_head (one, number, mac) VALUES (1, ?, ?)', number, headMac)
  }

  /**
   * Gives the last line, which has to be the one that the head names.
   *
   * @throws StoreDamagedError where lines at the end were removed or added
   */
  async head(transaction: Transaction): Promise<AuditHead> {
    const last = await first(transaction, 'SELECT number, mac FROM audit ORDER BY number DESC LIMIT 1')
    const head = await first(transaction, 'SELECT number, mac FROM audit_head WHERE one = 1')
    if (!last && !head) return { number: 0, mac: NOTHING }
    if (!last || !head || last.number !== head.number || !equalBytes(this.#headMac(last), head.mac as Uint8Array)) {
      throw new StoreDamagedError(
        `${this.#name}: expected line ${head?.number ?? 'none'} at the end of the audit log, got ${last?.number ?? 'none'} or another one`
      )
    }
    return { number: last.number as number, mac: last.mac as Uint8Array }
  }

  /**
   * Checks every line.
   *
   * @param noted - a head noted earlier, which must still be in the log
   * @returns the head
   * @throws StoreDamagedError that names the first line that is not as it was written
   */
  async verify(transaction: Transaction, noted?: AuditHead): Promise<AuditHead> {
    const head = await this.head(transaction)
    let mac: Uint8Array = NOTHING
    for (let number = 1; number <= head.number; ) {
      const rows = await transaction.all(`SELECT ${COLUMNS} FROM audit WHERE number >= ? ORDER BY number LIMIT ${BATCH}`, number)
      if (rows.length === 0) throw this.#broken(number)
      for (const row of rows) {
        if (row.number !== number || !equalBytes(this.#lineMac(mac, row), row.mac as Uint8Array)) throw this.#broken(number)
        mac = row.mac as Uint8Array
        if (noted?.number === number && !equalBytes(noted.mac, mac)) throw this.#broken(number)
        number++
      }
    }
    if (noted && noted.number > head.number) throw this.#broken(noted.number)
    return head
  }

  /** Reads lines from a number on, in order. */
  async lines(transaction: Transaction, from: number, most: number): Promise<AuditLine[]> {
    const rows = await transaction.all(`SELECT ${COLUMNS} FROM audit WHERE number >= ? ORDER BY number LIMIT ?`, from, most)
    return rows.map(lineOf)
  }

  /** Reads the last lines that a condition finds, newest first. */
  async last(transaction: Transaction, where: string, parameters: readonly Value[], most: number): Promise<AuditLine[]> {
    const rows = await transaction.all(`SELECT ${COLUMNS} FROM audit WHERE ${where} ORDER BY number DESC LIMIT ?`, ...parameters, most)
    return rows.map(lineOf)
  }

  #headMac(last: Row): Uint8Array {
    return this.#storeKeys.mac('audit head', last.number as number, last.mac as Uint8Array)
  }

  #lineMac(before: Uint8Array, row: Row): Uint8Array {
    const { number, at, account, role, action, outcome, network, range_from, range_until, detail } = row as Record<string, Value>
    const values = [number, at, account, role, action, outcome, network, range_from, range_until, detail] as Value[]
    return this.#storeKeys.mac('audit line', before, ...values)
  }

  #broken(number: number): StoreDamagedError {
    return new StoreDamagedError(`${this.#name}: expected line ${number} of the audit log as it was written, got it changed or removed`)
  }
}

function lineOf(row: Row): AuditLine {
  const { number, at, account, role, action, outcome, network, range_from, range_until, detail } = row
  return {
    number: number as number,
    at: at as Millis,
    ...(typeof account === 'string' && { account }),
    ...(typeof role === 'string' && { role }),
    action: action as string,
    outcome: outcome as AuditLine['outcome'],
    ...(typeof network === 'string' && { network }),
    ...(typeof range_from === 'number' && typeof range_until === 'number' && { range: { from: range_from, until: range_until } }),
    ...(typeof detail === 'string' && { detail })
  }
}
