/** Value of a column. Integers stay within ±2^53. */
export type Value = string | number | Uint8Array | null
/** A row by column name. */
export type Row = Readonly<Record<string, Value>>

/** Names of the column types that the two databases call differently. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres'
  readonly integer: string
  readonly bytes: string
  /** Clause after the list of columns in CREATE TABLE. */
  readonly table: string
  /** Statements that make a table refuse UPDATE and DELETE. */
  appendOnly(table: string): string
}

/** Statements within one transaction. Parameters are written `?`, in order. */
export interface Transaction {
  /** @returns all rows that a query finds */
  all(sql: string, ...parameters: readonly Value[]): Promise<Row[]>
  /** @returns how many rows a statement changed */
  run(sql: string, ...parameters: readonly Value[]): Promise<number>
  /** Runs statements without parameters. */
  script(sql: string): Promise<void>
}

/**
 * A database, as far as the store needs one.
 *
 * Contract: transactions of all processes run one after another, so that the reads of one still hold when it writes. A
 * transaction commits when its action's promise is fulfilled, and is rolled back when it is rejected. It must not be
 * begun within another.
 */
export interface Database {
  /** Name for messages, without a password. */
  readonly name: string
  readonly dialect: Dialect
  /** @throws StoreUnavailableError, StoreDamagedError, and what the action throws */
  transaction<T>(action: (transaction: Transaction) => Promise<T>): Promise<T>
  /** Overwrites or gives back the space of rows that were deleted, as far as the database can. */
  reclaim(tables: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** Gives the first row, where there is one. */
export async function first(transaction: Transaction, sql: string, ...parameters: readonly Value[]): Promise<Row | undefined> {
  const rows = await transaction.all(sql, ...parameters)
  return rows[0]
}
