// Tables of readings that any program writes: Hushgrid itself, its customers' exports, pandas, R, a spreadsheet.
import { fieldsOf, isMissing, readableUtc, type Separator, type Stamp, separatorOf } from '@hushgrid/primitives'
import type { EnergyStore } from '../../series/energy-store.ts'
import { fittingSlots } from '../../series/interval-energy.ts'
import { describeField, shown } from '../data-format-error.ts'
import { gcd } from '../fields.ts'
import { type Format, type Layout, type LineReader, type ReaderContext, stem } from '../layout.ts'
import { type Columns, columnsOf, type TableHead, type ValueColumn } from './columns.ts'
import type { ReadingUnit, TableHints } from './hints.ts'
import { stampOf } from './stamp.ts'

/** Intervals that the closest rows of a table lie apart at most. */
const MOST_APART = 4
/** Wh or W of one of the unit. */
const FACTORS: Readonly<Record<ReadingUnit, number>> = { Wh: 1, kWh: 1e3, MWh: 1e6, W: 1, kW: 1e3 }

function isPower(unit: ReadingUnit | undefined): boolean {
  return unit === 'W' || unit === 'kW'
}

/** Wh that one of the unit is, over an interval. */
function wattHours(unit: ReadingUnit, seconds: number): number {
  return FACTORS[unit] * (isPower(unit) ? seconds / 3600 : 1)
}

/** The head of a table. */
interface Table extends TableHead {
  readonly columns: Columns
}

/** The columns of a table, or in one clause why it is none of readings. */
function tableOf(lines: readonly string[], hints: TableHints): Table | string {
  const [header, ...rest] = lines as [string, ...string[]]
  const separator = hints.separator ?? separatorOf(header)
  const names = fieldsOf(header, separator)
  if (!names) return 'a header with a quote that is not closed'
  if (names.length < 2) return `a header of one column, ${shown(names[0] ?? '')}`
  const rows = rest
    .map(line => fieldsOf(line, separator) ?? [])
    .filter(row => row.length === names.length && row.some((f, i) => f !== names[i]) && row.some(field => field !== ''))
  const columns = columnsOf({ names, rows, separator }, hints)
  return typeof columns === 'string' ? columns : { columns, names, rows, separator }
}

function detectTable(lines: readonly string[], path: string, hints: TableHints): Layout | string {
  const table = tableOf(lines, hints)
  if (typeof table === 'string') return table
  const { columns, names, rows, separator } = table
  const stamps = rows.map(row => stampOf(stampText(row, columns), columns.dateOrder))
  const odd = stamps.indexOf(undefined)
  if (odd >= 0) return `${shown(rows[odd]?.[columns.time] ?? '')} for the start of an interval`
  const spacings = spacingsOf(
    stamps as Stamp[],
    rows.map(row => (columns.household === undefined ? '' : (row[columns.household] as string)))
  )
  const step = stepOf(spacings.map(Math.abs))
  if (typeof step === 'string') return step
  const backward = spacings.filter(spacing => spacing < 0).length
  const units = new Set(columns.values.map(({ unit }) => unit ?? hints.unit))
  if (new Set(columns.values.map(({ unit }) => isPower(unit ?? hints.unit))).size > 1) return 'columns of energy and columns of power'
  const [unit] = units
  const zoned = stamps.every(stamp => stamp?.zoned)
  const utc = /utc/i.test(names[columns.time] ?? '') || (zoned && rows.every(row => saysUtc(row, columns)))
  const isLong = columns.household !== undefined
  return {
    name: isLong ? 'long-csv' : 'wide-csv',
    title: isLong ? 'long CSV, one row a household and interval' : 'wide CSV, one column a household',
    stepSeconds: step,
    unit: unit ?? 'Wh?',
    clock: utc ? 'UTC' : zoned ? 'offset' : 'local',
    separator,
    columns,
    household: stem(path),
    ...(backward > spacings.length / 2 && { newestFirst: true as const }),
    remarks: [...saidOrder(columns, names), ...thousands(columns, rows, separator), ...unsaidUnit(columns, unit)],
    ...(!isPower(unit) && { register: columns.values.every(({ register }) => register) || ('perhaps' as const) })
  }
}

/** Gives the text of a row's stamp, whose date, time of day, and AM or PM may stand apart. */
function stampText(row: readonly string[], { time, clock, half }: Columns): string {
  const date = row[time] as string
  if (clock === undefined && half === undefined) return date
  return [date, ...[clock, half].flatMap(index => (index === undefined ? [] : [row[index]]))].join(' ')
}

/** Gives the distances of each household's rows, s, below zero where the later row is the earlier in time; no zeros. */
function spacingsOf(stamps: readonly Stamp[], households: readonly string[]): number[] {
  const before = new Map<string, number>()
  return stamps.flatMap(({ seconds }, i) => {
    const household = households[i] as string
    const spacing = seconds - (before.get(household) ?? seconds)
    before.set(household, seconds)
    return spacing === 0 ? [] : [spacing]
  })
}

/** Finds the length of the intervals, s, by the distances of rows; or says why there is none. */
function stepOf(spacings: readonly number[]): number | string {
  if (spacings.length === 0) return 'fewer than two intervals, which do not tell how long one is'
  const step = spacings.reduce(gcd, 0)
  const shortest = spacings.reduce((least, spacing) => Math.min(least, spacing))
  // Rows may be missing, but of a grid some stand side by side.
  if (step < shortest / MOST_APART) return `stamps that keep no equal intervals, ${shortest} s apart and more`
  return Number.isInteger(step) && step <= 86_400 ? step : `intervals of ${step} s`
}

function saysUtc(row: readonly string[], { time }: Columns): boolean {
  return /(?:Z|UTC|[+-]00:?00)$|^\d{9,13}$/.test(row[time] ?? '')
}

/** Says how dates with strokes are read. */
function saidOrder({ dateOrder, time }: Columns, names: readonly string[]): string[] {
  if (!dateOrder) return []
  return [
    `dates in ${shown(names[time] as string)} are read as ${dateOrder === 'day-first' ? 'day/month/year' : 'month/day/year'}, as they lie closest so`
  ]
}

/** Doubts dots that may part thousands: beside decimal commas they do, and whole numbers tell nothing. */
function thousands({ values }: Columns, rows: Table['rows'], separator: Separator): string[] {
  if (separator === ',') return []
  const cells = rows.flatMap(row => values.map(({ index }) => row[index] as string)).filter(cell => /[.,]/.test(cell))
  const doubtful = cells.length > 0 && cells.every(cell => /^-?\d{1,3}\.\d{3}$/.test(cell))
  return doubtful ? ['every dot stands before three digits and is read as a decimal point: does it part thousands?'] : []
}

/** Says that Wh are assumed, where the file is not Hushgrid's own form. */
function unsaidUnit({ canonical }: Columns, unit: ReadingUnit | undefined): string[] {
  return unit === undefined && !canonical ? ['no unit stands over the values; they are taken for Wh'] : []
}

/** Reads the rows of a table by its columns. */
function tableReader(layout: Layout, context: ReaderContext): LineReader {
  const columns = layout.columns as Columns
  const { name, stepSeconds } = layout
  let header = true
  const onGrid = fittingSlots(stepSeconds).length > 0
  const open = storesOf(layout, columns, context)
  return (line, lineNumber) => {
    if (header) {
      header = false
      return
    }
    const row = context.fields(line, lineNumber)
    if (row.length !== columns.count) throw context.error(lineNumber, `${columns.count} fields`, `${row.length}`)
    const household = columns.household === undefined ? '' : (row[columns.household] as string)
    if (columns.household !== undefined && household === '') throw context.error(lineNumber, 'the name of a household', 'an empty field')
    const stamp = stampText(row, columns)
    for (const [store, { index, unit }] of open(household)) {
      const time = context.time(stamp, store)
      if (time === undefined) throw context.error(lineNumber, 'the start of an interval like 2013-02-04T00:30Z', shown(stamp))
      if (onGrid && time % stepSeconds > 0)
        throw context.error(lineNumber, `a start at a whole multiple of ${stepSeconds} s${zoneOf(layout, context)}`, readableUtc(time))
      const cell = row[index] as string
      const value = context.number(cell)
      if (value !== undefined) context.put(store, lineNumber, time, value * wattHours(unit ?? columns.unit, stepSeconds))
      else if (isMissing(cell)) store.counts.missingValues++
      else throw context.error(lineNumber, `a number or nothing in column ${index + 1} of a ${name}`, describeField(cell))
    }
  }
}

/** Names the zone where it moves stamps off the grid, as one half an hour away from UTC does with hours. */
function zoneOf({ clock }: Layout, { options }: ReaderContext): string {
  return clock === 'local' && options.timeZone !== undefined ? ` in UTC, which ${options.timeZone} may not be away from it` : ''
}

/** Gives the stores of a row's columns, those of a household looked up once. */
function storesOf(layout: Layout, { values, household: named }: Columns, context: ReaderContext) {
  const known = new Map<string, readonly (readonly [EnergyStore, ValueColumn])[]>()
  return (household: string): readonly (readonly [EnergyStore, ValueColumn])[] => {
    const held = known.get(household)
    if (held) return held
    const made = values.flatMap(column => {
      const name =
        named === undefined ? column.household || (layout.household as string) : [household, column.household].filter(Boolean).join(' ')
      const store = context.store(name, column.lane)
      return store ? [[store, column] as const] : []
    })
    known.set(household, made)
    return made
  }
}

/**
 * Tables without a layout of their own.
 *
 * Wide CSV: a column of stamps, then one column a household, or two (`house-7 import`, `house-7 export`, or the lanes' OBIS
 * codes). Hushgrid's own is `slot_start_utc` and Wh; the unit may stand in a column's name (`house-7 kWh`). An empty cell,
 * NA or NaN is a gap. The length of the intervals is read off the first rows; rows may be left out and come in any order.
 *
 * Long CSV: a row a household and interval, with columns for the household, the stamp and the value, in any order.
 */
export const tableCsv: Omit<Format, 'name' | 'recognises'> = { header: true, detect: detectTable, reader: tableReader }
