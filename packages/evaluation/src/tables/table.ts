// A table of an evaluation: cells as values, so that its CSV has numbers where the printed forms have text.

import { type Column, numberText, type Table } from '@hushgrid/comparison/report'
import { stringify } from 'csv-stringify/sync'
import { LEAST_RUNS } from '../file/defaults.ts'
import type { Summary } from '../statistics/interval.ts'

/** A median with its bounds in units of the column; nothing where there is none. */
export interface SummaryCell {
  readonly summary: Summary | null
}

/** Text, a number, nothing, or a median with its bounds. */
export type Cell = string | number | null | SummaryCell

export interface ValueTable {
  /** Name of the files, and of LaTeX's label. */
  readonly name: string
  readonly title: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly notes: readonly string[]
}

/** A right-aligned column of numbers. */
export const number = (title: string, unit?: string): Column =>
  unit === undefined ? { title, align: 'right' } : { title, unit, align: 'right' }
export const name = (title: string): Column => ({ title, align: 'left' })
export const words = (title: string): Column => ({ title, align: 'text' })

/** Makes a cell, in another unit where `scale` says so. */
export function cell(summary: Summary | null, scale = 1): SummaryCell {
  if (!summary || scale === 1) return { summary }
  const { median, low, high } = summary
  return { summary: { ...summary, median: median * scale, low: low * scale, high: high * scale } }
}

/** Explains how bounds are written, in the words of a note below a table. */
export const BOUNDS_NOTE = `Medians over runs, with 95 % intervals in round brackets from ${LEAST_RUNS} runs on; in square brackets the range of fewer runs, which claims nothing beyond them; “same”: all runs alike; a number alone is one run.`

const between = (low: number, high: number): string => `${numberText(low)}${low < 0 || high < 0 ? ' to ' : '–'}${numberText(high)}`

/** Writes a median with its bounds: an interval in round brackets, a range in square ones, one run's value alone. */
export function summaryText(summary: Summary | null): string {
  if (!summary) return '–'
  const { median, low, high, kind } = summary
  if (kind === 'single') return numberText(median)
  const bounds = numberText(low) === numberText(high) ? 'same' : between(low, high)
  return kind === 'interval' ? `${numberText(median)} (${bounds})` : `${numberText(median)} [${bounds}]`
}

function cellText(value: Cell | undefined): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'string') return value
  return typeof value === 'number' ? numberText(value) : summaryText(value.summary)
}

/** Gives the printed form, of which LaTeX, Markdown and HTML are made. */
export function printed({ rows, ...table }: ValueTable): Table {
  return { ...table, rows: rows.map(row => table.columns.map((_, i) => cellText(row[i]))) }
}

const isSummary = (value: Cell | undefined): value is SummaryCell => typeof value === 'object' && value !== null

/** Writes CSV: numbers in full, a median followed by its bounds, the number of runs, and what the bounds are. */
export function csvTable({ columns, rows }: ValueTable): string {
  const split = columns.map((_, i) => rows.some(row => isSummary(row[i])))
  const head = columns.flatMap(({ title, unit }, i) => {
    const own = unit === undefined ? title : `${title} (${unit})`
    return split[i] ? [own, `${own} low`, `${own} high`, `${own} runs`, `${own} bounds`] : [own]
  })
  const body = rows.map(row =>
    columns.flatMap((_, i): (string | number)[] => {
      const value = row[i] ?? ''
      if (!split[i]) return [isSummary(value) ? '' : value]
      if (!isSummary(value) || !value.summary) return [isSummary(value) ? '' : value, '', '', '', '']
      const { median, low, high, count, kind } = value.summary
      return [median, low, high, count, kind]
    })
  )
  return stringify([head, ...body])
}
