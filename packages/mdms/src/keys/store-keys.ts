// The keys that encrypt rows and authenticate the audit log.
import { createHmac } from 'node:crypto'
import type { Rng } from '@hushgrid/primitives'
import { first, type Row, type Transaction, type Value } from '../database/database.ts'
import { KeyRingError, StoreDamagedError } from '../errors.ts'
import { KEY_BYTES, type KeyRing } from './key-ring.ts'
import { identityOf, open, seal } from './seal.ts'

const LABEL = 'hushgrid/v1/mdms'
const STORE_ID = 'store id'

/** A table with an encrypted column, `sealed`, under the key that `key_id` names. */
export interface SealedTable {
  readonly name: string
  /** Columns of the primary key. */
  readonly key: readonly string[]
  /** Columns that the ciphertext is bound to: a row in which one was changed does not open. */
  readonly identity: readonly string[]
}

/** Results: their energy, and the hash that names the signed result. */
export const RESULTS: SealedTable = {
  name: 'results',
  key: ['network', 'slot'],
  identity: ['network', 'slot', 'kind', 'mode', 'contributors', 'missing', 'reason', 'received']
}
export const RESULT_CONFLICTS: SealedTable = {
  name: 'result_conflicts',
  key: ['number'],
  identity: ['number', 'network', 'slot', 'kind', 'mode', 'contributors', 'seen', 'evidence']
}
export const CONSUMPTION: SealedTable = {
  name: 'consumption',
  key: ['household', 'period_from', 'source'],
  identity: ['network', 'household', 'period_from', 'period_until', 'source', 'received']
}
/** Batches that the meter encrypted; sealed as well, since a batch names its meter, and a pseudonym must not lead there. */
export const READING_BATCHES: SealedTable = {
  name: 'reading_batches',
  key: ['household', 'period_from'],
  identity: ['network', 'household', 'period_from', 'period_until', 'received']
}
export const BILLS: SealedTable = {
  name: 'bills',
  key: ['household', 'period_from'],
  identity: ['network', 'household', 'period_from', 'period_until', 'tariff', 'received']
}
export const SEALED_TABLES = [RESULTS, RESULT_CONFLICTS, CONSUMPTION, READING_BATCHES, BILLS] as const

interface DataKey {
  readonly id: number
  readonly key: Uint8Array
}

type Purpose = 'rows' | 'audit'

/**
 * The store's own keys: one for the rows, earlier ones during a rotation, and one for the audit log. Each lies in the
 * database, wrapped by a key of the {@link KeyRing}, which lies elsewhere.
 */
export class StoreKeys {
  readonly #ring: KeyRing
  readonly #rng: Rng
  readonly #name: string
  readonly #storeId: Uint8Array
  readonly #auditKey: Uint8Array
  readonly #known = new Map<number, Uint8Array>()

  private constructor(ring: KeyRing, rng: Rng, name: string, storeId: Uint8Array, auditKey: Uint8Array) {
    this.#ring = ring
    this.#rng = rng
    this.#name = name
    this.#storeId = storeId
    this.#auditKey = auditKey
  }

  /**
   * Takes the keys out of the database, or makes them in a new one.
   *
   * @param name - the store's name in messages
   * @throws KeyRingError where the ring does not have the key; StoreDamagedError where a wrapped key does not open
   */
  static async open(transaction: Transaction, ring: KeyRing, rng: Rng, name: string): Promise<StoreKeys> {
    let storeId = (await first(transaction, 'SELECT value FROM settings WHERE name = ?', STORE_ID))?.value as Uint8Array | undefined
    if (!storeId) {
      storeId = rng.bytes(16)
      await transaction.run('INSERT INTO settings (name, value) VALUES (?, ?)', STORE_ID, storeId)
      for (const [id, purpose] of [[1, 'audit'] as const, [2, 'rows'] as const]) {
        const { id: by, key } = ring.current()
        const wrapped = seal(key, rng, rng.bytes(KEY_BYTES), keyIdentity(storeId, id, purpose, by))
        await insertKey(transaction, id, purpose, by, wrapped)
      }
    }
    const rows = await transaction.all("SELECT id, purpose, wrapped_by, wrapped FROM data_keys WHERE purpose = 'audit'")
    const [row] = rows
    if (!row) throw new StoreDamagedError(`${name}: expected a key for the audit log, got none`)
    return new StoreKeys(ring, rng, name, storeId, unwrap(ring, storeId, name, row))
  }

  /** Computes HMAC-SHA-256 under the key of the audit log, which the database alone does not give away. */
  mac(purpose: 'audit line' | 'audit head' | 'evidence', ...parts: readonly (Value | Uint8Array)[]): Uint8Array {
    const mac = createHmac('sha256', this.#auditKey)
    return new Uint8Array(mac.update(identityOf(LABEL, purpose, this.#storeId, ...parts)).digest())
  }

  /** Encrypts a row's column; `row` has the columns of the table's identity. */
  async seal(transaction: Transaction, table: SealedTable, row: Row, plain: Uint8Array): Promise<{ keyId: number; sealed: Uint8Array }> {
    const { id, key } = await this.#current(transaction)
    return { keyId: id, sealed: seal(key, this.#rng, plain, this.#identity(table, row)) }
  }

  /**
   * Decrypts a row's column; `row` has `key_id`, `sealed` and the columns of the table's identity.
   *
   * @throws StoreDamagedError where any of these was changed
   */
  async open(transaction: Transaction, table: SealedTable, row: Row): Promise<Uint8Array> {
    const key = await this.#byId(transaction, row.key_id as number)
    const what = `${this.#name}: ${table.name}, ${table.key.map(column => `${column} ${row[column]}`).join(', ')}`
    return open(key, row.sealed as Uint8Array, this.#identity(table, row), what)
  }

  /**
   * Wraps each key by the ring's current one, where it is wrapped by another.
   *
   * @returns how many were wrapped
   */
  async rewrap(transaction: Transaction): Promise<number> {
    const { id: by, key } = this.#ring.current()
    const rows = await transaction.all('SELECT id, purpose, wrapped_by, wrapped FROM data_keys WHERE wrapped_by <> ?', by)
    for (const row of rows) {
      const plain = unwrap(this.#ring, this.#storeId, this.#name, row)
      const wrapped = seal(key, this.#rng, plain, keyIdentity(this.#storeId, row.id as number, row.purpose as Purpose, by))
      await transaction.run('UPDATE data_keys SET wrapped_by = ?, wrapped = ? WHERE id = ?', by, wrapped, row.id as number)
    }
    return rows.length
  }

  /** Makes a new key, which encrypts rows from now on. */
  async renew(transaction: Transaction): Promise<void> {
    const { id: by, key } = this.#ring.current()
    const row = await first(transaction, 'SELECT max(id) AS last FROM data_keys')
    const id = (row?.last as number) + 1
    await insertKey(
      transaction,
      id,
      'rows',
      by,
      seal(key, this.#rng, this.#rng.bytes(KEY_BYTES), keyIdentity(this.#storeId, id, 'rows', by))
    )
  }

  /**
   * Encrypts rows again that are under an earlier key.
   *
   * @param most - how many at once
   * @returns how many there were
   */
  async reseal(transaction: Transaction, table: SealedTable, most: number): Promise<number> {
    const { id } = await this.#current(transaction)
    const columns = [...new Set([...table.key, ...table.identity, 'key_id', 'sealed'])].join(', ')
    const rows = await transaction.all(`SELECT ${columns} FROM ${table.name} WHERE key_id <> ? LIMIT ${most}`, id)
    const where = table.key.map(column => `${column} = ?`).join(' AND ')
    for (const row of rows) {
      const { keyId, sealed } = await this.seal(transaction, table, row, await this.open(transaction, table, row))
      const key = table.key.map(column => row[column] as Value)
      await transaction.run(`UPDATE ${table.name} SET key_id = ?, sealed = ? WHERE ${where}`, keyId, sealed, ...key)
    }
    return rows.length
  }

  /** Forgets earlier keys that no row is under any more. */
  async dropUnused(transaction: Transaction): Promise<number> {
    const { id } = await this.#current(transaction)
    const used = SEALED_TABLES.map(({ name }) => `SELECT key_id FROM ${name}`).join(' UNION ')
    const dropped = await transaction.all(`SELECT id FROM data_keys WHERE purpose = 'rows' AND id <> ? AND id NOT IN (${used})`, id)
    for (const row of dropped) {
      await transaction.run('DELETE FROM data_keys WHERE id = ?', row.id as number)
      this.#known.delete(row.id as number)
    }
    return dropped.length
  }

  #identity(table: SealedTable, row: Row): Uint8Array {
    const columns = table.identity.map(column => {
      const value = row[column]
      if (value === undefined) throw new TypeError(`${table.name}: expected the column ${column}`)
      return value
    })
    return identityOf(LABEL, this.#storeId, table.name, ...columns)
  }

  /** Asks for it in each transaction, since another process may have renewed it. */
  async #current(transaction: Transaction): Promise<DataKey> {
    const row = await first(transaction, "SELECT max(id) AS id FROM data_keys WHERE purpose = 'rows'")
    const id = row?.id
    if (typeof id !== 'number') throw new StoreDamagedError(`${this.#name}: expected a key for rows, got none`)
    return { id, key: await this.#byId(transaction, id) }
  }

  async #byId(transaction: Transaction, id: number): Promise<Uint8Array> {
    const known = this.#known.get(id)
    if (known) return known
    const row = await first(transaction, "SELECT id, purpose, wrapped_by, wrapped FROM data_keys WHERE id = ? AND purpose = 'rows'", id)
    if (!row) throw new StoreDamagedError(`${this.#name}: expected data key ${id}, got none`)
    const key = unwrap(this.#ring, this.#storeId, this.#name, row)
    this.#known.set(id, key)
    return key
  }
}

function keyIdentity(storeId: Uint8Array, id: number, purpose: Purpose, by: string): Uint8Array {
  return identityOf(LABEL, 'data key', storeId, id, purpose, by)
}

async function insertKey(transaction: Transaction, id: number, purpose: Purpose, by: string, wrapped: Uint8Array): Promise<void> {
  await transaction.run('INSERT INTO data_keys (id, purpose, wrapped_by, wrapped) VALUES (?, ?, ?, ?)', id, purpose, by, wrapped)
}

function unwrap(ring: KeyRing, storeId: Uint8Array, name: string, row: Row): Uint8Array {
  const {
    id,
    purpose,
    wrapped_by: by,
    wrapped
  } = row as unknown as { id: number; purpose: Purpose; wrapped_by: string; wrapped: Uint8Array }
  const wrapping = ring.byId(by)
  if (!wrapping) throw new KeyRingError(`${name}: expected key ${by} in the key ring, got ${ring.current().id} as its current one`)
  return open(wrapping.key, wrapped, keyIdentity(storeId, id, purpose, by), `${name}: data key ${id}`)
}
