// The tables beside run.json against it: slots.csv cell by cell, slots.parquet value by value, membership.csv.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { equalBytes, fieldsOf } from '@hushgrid/primitives'
import type { MembershipChange } from '@hushgrid/scenarios'
import { membershipCsv } from '../membership.ts'
import { parquetTable, readTable, stored } from '../parquet.ts'
import type { RunDocument } from '../schema/run.ts'
import { columnsOf, slotLine, slotsHeader } from '../schema/slots.ts'
import { type ReportFile, readText } from './read-text.ts'

/** Lists where the tables of a report say something else than its run.json. */
export async function tableProblems(folder: string, run: RunDocument): Promise<string[]> {
  const columns = columnsOf(run.configuration.network.lanes.map(({ obis }) => obis))
  const slots = [slotsHeader(columns), ...run.slots.map(slot => slotLine(columns, slot))]
  const membership = membershipCsv(run.churn.changes as readonly MembershipChange[])
    .trimEnd()
    .split('\n')
  return [
    ...csvProblems(folder, { name: 'slots.csv', what: 'the slots of the run' }, slots),
    ...(await parquetProblems(folder, run)),
    ...csvProblems(folder, { name: 'membership.csv', what: 'the changes of the membership' }, membership)
  ]
}

/** @param rows - its lines, the header first */
function csvProblems(folder: string, { name, what }: ReportFile, rows: readonly string[]): string[] {
  const { text, problems: unread } = readText(folder, { name, what })
  if (text === undefined) return unread
  // A cell may hold the end of a line.
  const expected = rows.flatMap(row => row.split(/\r?\n/))
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  if (lines.length === 0) return [`${name}: expected ${what}, got an empty file`]
  const header = cellsOf(expected[0] ?? '')
  const problems: string[] = []
  if (lines.length !== expected.length) problems.push(`${name}: expected ${expected.length - 1} rows, got ${lines.length - 1}`)
  for (const [i, line] of lines.slice(0, expected.length).entries()) {
    if (line === expected[i]) continue
    const [has, is] = [cellsOf(line), cellsOf(expected[i] ?? '')]
    const column = Array.from({ length: Math.max(has.length, is.length) }, (_, cell) => cell).find(cell => has[cell] !== is[cell]) ?? 0
    problems.push(
      `${name}:${i + 1}: ${header[column] ?? `column ${column + 1}`} is '${has[column] ?? ''}', run.json makes it '${is[column] ?? ''}'`
    )
  }
  return problems
}

/** Gives the cells of a line; one with a quote that is not closed is a cell as a whole. */
function cellsOf(line: string): readonly string[] {
  return fieldsOf(line, ',') ?? [line]
}

async function parquetProblems(folder: string, run: RunDocument): Promise<string[]> {
  const name = 'slots.parquet'
  const columns = columnsOf(run.configuration.network.lanes.map(({ obis }) => obis))
  const table = await readTable(join(folder, name))
  if (typeof table === 'string') return [`${name}: expected the table of slots.csv, got ${table}`]
  const names = columns.map(column => column.name)
  if (table.names.join() !== names.join()) return [`${name}: expected the columns of slots.csv, got ${table.names.join(', ')}`]
  if (table.rows.length !== run.slots.length) return [`${name}: expected ${run.slots.length} rows, got ${table.rows.length}`]
  const cells = run.slots.flatMap((slot, i) =>
    columns.flatMap(({ name: field, type, of }) => {
      const [has, is] = [table.rows[i]?.[field] ?? null, stored(type, of(slot))]
      return String(has) === String(is) ? [] : [`${name}: slot ${slot.slot} has ${field} ${has}, run.json makes it ${is}`]
    })
  )
  if (cells.length > 0) return cells
  // Statistics in the footer decide which rows a reader finds, so that equal values are not enough.
  const written = parquetTable(
    columns,
    run.slots.map(slot => columns.map(({ of }) => of(slot)))
  )
  return equalBytes(written, readFileSync(join(folder, name))) ? [] : [`${name}: expected the bytes that run.json makes, got others`]
}
