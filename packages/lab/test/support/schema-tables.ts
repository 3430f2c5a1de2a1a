// The schema of a run's files as docs/data.md shows it.
import { runEvent } from '../../src/report/schema/events.ts'
import { type Column, columnsOf } from '../../src/report/schema/slots.ts'

const GROUNDS: Readonly<Record<Column['ground'], string>> = { records: 'signed messages', report: 'other figures', lab: '–' }

/** Sets cells in columns of one width, as the pages have their tables. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map(row => row[i]?.length ?? 0)))
  const line = (row: readonly string[], fill = ' '): string => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0, fill)).join(' | ')} |`
  const [head = [], ...rest] = rows
  return [
    line(head),
    line(
      head.map(() => ''),
      '-'
    ),
    ...rest.map(row => line(row))
  ]
}

/** Gives a row a column of slots.csv. */
export function columnTable(): string[] {
  const rows = columnsOf(['LANE']).map(({ name, type, unit, ground, about }) => [`\`${name}\``, type, unit ?? '', GROUNDS[ground], about])
  return table([['column', 'type', 'unit', 'checked against', 'what'], ...rows])
}

/** Gives a row a type of events.jsonl, with the fields beside those that all have. */
export function eventTable(): string[] {
  const common = ['type', 'time', 'protocolTime', 'slot']
  const rows = runEvent.options.map(({ shape }) => {
    const fields = Object.entries(shape).filter(([name]) => !common.includes(name))
    return [
      `\`${shape.type.value}\``,
      fields.map(([name, field]) => `\`${name}\`${field.safeParse(undefined).success ? '?' : ''}`).join(', ')
    ]
  })
  return table([['type', 'fields beside `time`, `protocolTime` and `slot`'], ...rows])
}
