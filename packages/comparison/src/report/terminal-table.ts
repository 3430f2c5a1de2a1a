import { tableLines, wrapped } from '@hushgrid/primitives'
import type { ComparedResults } from '../results/result.ts'
import { combinationsOf } from '../results/series.ts'
import type { Table } from './table.ts'
import { headlineTable } from './tables-costs.ts'
import { growthTable } from './tables-growth.ts'

/** Writes the tables that a person wants to see at once, aligned for a terminal. */
export function terminalTable(results: ComparedResults): string {
  const combinations = combinationsOf(results)
  const growth = growthTable(combinations)
  const fitted = growth.rows.filter(row => row.at(-1) !== '–')
  const tables = [headlineTable(combinations), ...(fitted.length > 0 ? [{ ...growth, rows: fitted }] : [])]
  return tables.map(plain).join('\n\n')
}

function plain({ title, columns, rows, notes }: Table): string {
  const head = columns.map(({ title: name }) => name)
  const units = columns.map(({ unit }) => unit ?? '')
  const lines = tableLines([head, units, ...rows], { right: columns.map(({ align }) => align === 'right') })
  return [...wrapped(title), ...lines, ...notes.flatMap(note => wrapped(note))].join('\n')
}
