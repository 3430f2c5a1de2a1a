// Tables as Parquet, beside their CSV: energies as 64-bit integers, moments in UTC, an empty cell as null.
import { readFileSync } from 'node:fs'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { type ColumnSource, parquetWriteBuffer, type SchemaElement } from 'hyparquet-writer'
import type { ColumnType } from './schema/slots.ts'

/** Column of a table. */
export interface TableColumn {
  readonly name: string
  readonly type: ColumnType
}

export type Cell = string | number | boolean | bigint | null

/** Rows of a group: readers skip whole groups, and a group is what a writer holds at once. */
const GROUP_ROWS = 10_000

const ELEMENTS: Readonly<Record<ColumnType, Omit<SchemaElement, 'name'>>> = {
  count: { type: 'INT64' },
  energy: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  time: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' } },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
}

/** Writes a table, a cell for each column in each row. */
export function parquetTable(columns: readonly TableColumn[], rows: readonly (readonly Cell[])[]): Uint8Array {
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, type }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...ELEMENTS[type] }))
  ]
  const columnData = columns.map(({ name, type }, i): ColumnSource => ({ name, data: rows.map(row => stored(type, row[i] ?? null)) }))
  return new Uint8Array(parquetWriteBuffer({ columnData, schema, rowGroupSize: GROUP_ROWS, createdBy: 'hushgrid' }))
}

/** Gives a cell as its column stores it. */
export function stored(type: ColumnType, cell: Cell): Cell | Date {
  if (cell === null) return null
  if (type === 'count' || type === 'energy') return BigInt(cell)
  return type === 'time' ? new Date(String(cell)) : cell
}

/** Reads a table; gives the reason where there is none. */
export async function readTable(
  path: string
): Promise<string | { readonly names: readonly string[]; readonly rows: readonly Readonly<Record<string, unknown>>[] }> {
  try {
    const bytes = new Uint8Array(readFileSync(path))
    const names = parquetMetadata(bytes.buffer)
      .schema.slice(1)
      .map(({ name }) => name)
    return { names, rows: await parquetReadObjects({ file: bytes.buffer }) }
  } catch (cause) {
    // The library throws plain errors for whatever is wrong with a file.
    return (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : `one that cannot be read (${(cause as Error).message})`
  }
}
