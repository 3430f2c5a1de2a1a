// slots.parquet as DuckDB reads it: the types of the schema, and the values of slots.csv.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { EXPORT_LANE, IMPORT_LANE } from '@hushgrid/primitives'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parquetTable } from '../../src/report/parquet.ts'
import { columnsOf, type RunSlot, slotLine, slotsHeader } from '../../src/report/schema/slots.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-parquet-'))
const file = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** More than a double holds exactly. */
const LARGE = 2n ** 53n + 1n
const TOTAL: RunSlot = {
  ...{
    slot: 1_936_440,
    start: '2025-03-24T06:00:00.000Z',
    epoch: 0,
    members: 25,
    entries: 26,
    submitted: 24,
    missing: 1,
    missingMeters: [7]
  },
  ...{ recovered: 1, releases: 4, refused: [], disputed: [], lost: false, busy: false, slotMs: 1000, lagMs: 3, named: [], exact: true },
  total: { [IMPORT_LANE]: String(LARGE), [EXPORT_LANE]: '-12' },
  withheld: {},
  expected: { [IMPORT_LANE]: String(LARGE), [EXPORT_LANE]: '-12' },
  ...{ latencyMs: -174.7, sinceEndMs: 75.3, protocolMs: 67_770, units: 1.2048, rounds: 2, cpuMs: 229.3, bytes: 58_386, verifiedBy: 24 }
}
const LOST: RunSlot = {
  ...TOTAL,
  ...{
    slot: 1_936_441,
    start: '2025-03-24T06:15:00.000Z',
    recovered: 0,
    lost: true,
    reason: 'MembersMissing',
    named: [3, 7],
    exact: false
  },
  ...{ total: null, latencyMs: null, sinceEndMs: null, protocolMs: null, units: null, rounds: null, cpuMs: null, bytes: null }
}
const FEW: RunSlot = {
  ...TOTAL,
  ...{
    slot: 1_936_442,
    start: '2025-03-24T06:30:00.000Z',
    total: { [IMPORT_LANE]: '7' },
    withheld: { [EXPORT_LANE]: { able: 3, of: 24, needed: 6 } }
  }
}
const SLOTS = [TOTAL, LOST, FEW]
const columns = columnsOf([IMPORT_LANE, EXPORT_LANE])

/** Names of DuckDB's types, by those of the schema. */
const TYPES = {
  count: 'BIGINT',
  energy: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  time: 'TIMESTAMP WITH TIME ZONE',
  text: 'VARCHAR'
} as const

let database: DuckDBInstance
async function rowsOf(query: string): Promise<readonly (readonly unknown[])[]> {
  const connection = await database.connect()
  try {
    await connection.run("SET TimeZone = 'UTC'")
    return (await connection.runAndReadAll(query)).getRows()
  } finally {
    connection.closeSync()
  }
}

beforeAll(async () => {
  database = await DuckDBInstance.create(':memory:')
  writeFileSync(
    file('slots.parquet'),
    parquetTable(
      columns,
      SLOTS.map(slot => columns.map(({ of }) => of(slot)))
    )
  )
  writeFileSync(file('slots.csv'), `${[slotsHeader(columns), ...SLOTS.map(slot => slotLine(columns, slot))].join('\n')}\n`)
})

it('has the types of the schema', async () => {
  const described = await rowsOf(`DESCRIBE SELECT * FROM '${file('slots.parquet')}'`)
  expect(described.map(([name, type]) => [name, type])).toEqual(columns.map(({ name, type }) => [name, TYPES[type]]))
})

it('has the values of slots.csv, and adds up beyond 2^53', async () => {
  const types = columns.map(({ name, type }) => `'${name}': '${TYPES[type]}'`).join(', ')
  const csv = await rowsOf(`SELECT * FROM read_csv('${file('slots.csv')}', header = true, types = {${types}})`)
  const parquet = await rowsOf(`SELECT * FROM '${file('slots.parquet')}'`)
  expect(parquet).toHaveLength(3)
  expect(parquet).toEqual(csv)
  const [[sum, lost, last] = []] = await rowsOf(
    `SELECT sum("total ${IMPORT_LANE} Wh")::BIGINT, count(*) FILTER (lost), max(start)::VARCHAR FROM '${file('slots.parquet')}'`
  )
  expect([sum, lost, last]).toEqual([LARGE + 7n, 1n, '2025-03-24 06:30:00+00'])
})

it('is written in groups of rows, each whole', async () => {
  const many = Array.from({ length: 25_000 }, (_, i) => [i, i % 3 === 0 ? null : String(i)])
  writeFileSync(
    file('many.parquet'),
    parquetTable(
      [
        { name: 'i', type: 'count' },
        { name: 'text', type: 'text' }
      ],
      many
    )
  )
  expect(await rowsOf(`SELECT count(*), sum(i)::BIGINT, count(text) FROM '${file('many.parquet')}'`)).toEqual([
    [25_000n, 312_487_500n, 16_666n]
  ])
  expect(await rowsOf(`SELECT count(DISTINCT row_group_id) FROM parquet_metadata('${file('many.parquet')}')`)).toEqual([[3n]])
})
