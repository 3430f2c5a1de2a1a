// Columns of a table of readings: what stands in each, by its name and by its first values.
import { decimal, EXPORT_LANE, IMPORT_LANE, isMissing, type ObisCode, QUANTITIES, readStamp, type Separator } from '@hushgrid/primitives'
import { shown } from './data-format-error.ts'
import { READING_UNITS, type ReadingUnit, type TableHints } from './table-hints.ts'
import { stampOf } from './table-stamp.ts'

/** A column of values. */
export interface ValueColumn {
  readonly index: number
  /** Name of its household; empty where another column or the file names it. */
  readonly household: string
  readonly lane: ObisCode
  readonly unit: ReadingUnit | undefined
  /** True where the name says that it is a register, which only grows. */
  readonly register: boolean
}

/** Columns of a table. */
export interface Columns {
  /** Fields of a row. */
  readonly count: number
  readonly time: number
  /** Column of the time of day, where date and time stand apart. */
  readonly clock?: number
  /** Column of the household's name. */
  readonly household?: number
  readonly values: readonly ValueColumn[]
  /** Columns that are not read, each with the reason. */
  readonly ignored: readonly { readonly name: string; readonly reason: string }[]
}

const HOUSEHOLD =
  /^(?:id|household(?:_?id)?|home(?:_?id)?|house(?:_?id)?|meter(?:_?id)?|lclid|customer(?:_?id)?|dataid|dwelling(?:_?id)?|building(?:_?id)?)$/i
const TIME =
  /^(?:slot_start_utc|time_?stamp|datetime|date_?time|date|time|utc|tstp|start|start_?time|from|local_15min|localminute|index|ds|)(?: ?\(?(?:utc|local)\)?)?$/i
const CLOCK = /^(?:(?:start[ _]?)?time|hour|clock)$/i
/** Stamps that no number looks like, whatever stands over them. */
const UNMISTAKABLE = /^\d+[-.]\d+[-.]\d+.*:/
const STROKES = /^\d{1,2}\/\d{1,2}\/\d{2,4}/

const UNIT = new RegExp(`(?:^|[\\s_]+|[\\s_]*[[(])(${READING_UNITS.join('|')})(?:/\\w+)?[\\])]?$`, 'i')
const DIRECTIONS: readonly [RegExp, ObisCode][] = [
  ...QUANTITIES.map(({ obis }): [RegExp, ObisCode] => [new RegExp(`[\\s:_-]*${obis.replaceAll('.', '\\.')}$`), obis]),
  [/(?:^|[\s:_-]+)(?:import|imported|consumption|consumed|usage|used|demand|delivered)$/i, IMPORT_LANE],
  [/(?:^|[\s:_-]+)(?:export|exported|feed[\s_-]?in|fed[\s_-]?in|returned|received)$/i, EXPORT_LANE]
]
/** Register 1.8.0 is energy drawn in all, 2.8.0 energy fed in (EN 62056-6-1). */
const REGISTERS: readonly [RegExp, ObisCode][] = [
  [/[\s:_-]*(?:1-0:)?1\.8\.0$/, IMPORT_LANE],
  [/[\s:_-]*(?:1-0:)?2\.8\.0$/, EXPORT_LANE]
]
const REGISTER = /(?:^|[\s:_-]+)(?:register|cumulative|counter|meter[\s_-]?reading|z(?:ä|ae)hlerstand)$/i
const NO_NAME = /^(?:value|values|energy|power|reading|readings|kwh|wh|load|total|mains?)?$/i

/** Takes household, lane and unit out of a column's name, `house-7 import kWh` for example. */
function valueColumn(name: string, index: number): ValueColumn {
  const unit = UNIT.exec(name)
  let rest = unit ? name.slice(0, unit.index) : name
  let register = false
  const cut = (pattern: RegExp): boolean => {
    const found = pattern.exec(rest)
    if (found) rest = rest.slice(0, found.index)
    return found !== null
  }
  if (cut(REGISTER)) register = true
  const code = REGISTERS.find(([pattern]) => cut(pattern))
  if (code) register = true
  const lane = (code ?? DIRECTIONS.find(([pattern]) => cut(pattern)))?.[1] ?? IMPORT_LANE
  const household = rest.trim()
  const known = unit && READING_UNITS.find(each => each.toLowerCase() === unit[1]?.toLowerCase())
  return { index, household: NO_NAME.test(household) ? '' : household, lane, unit: known ?? undefined, register }
}

/** A table's header and its first rows. */
export interface TableHead {
  readonly names: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly separator: Separator
}

/** Finds the column of the stamps, and that of the time of day where it stands apart; or says why there is none. */
function timesOf(
  names: readonly string[],
  cells: (index: number) => readonly string[],
  hasRows: boolean
): { readonly at: number; readonly clock: number; readonly times: readonly number[] } | string {
  const find = (name: RegExp, cell: (text: string) => boolean): number =>
    names.findIndex((each, index) => name.test(each) && cells(index).every(cell))
  const date = find(/^date$/i, cell => isStamp(cell) && !cell.includes(':'))
  const clock = date < 0 ? -1 : find(CLOCK, cell => /^\d\d?:\d\d(?::\d\d)?$/.test(cell))
  const unmistakable = (index: number): boolean => hasRows && cells(index).every(cell => UNMISTAKABLE.test(cell))
  const times = names.flatMap((name, i) => ((TIME.test(name) || unmistakable(i)) && cells(i).every(isStamp) ? [i] : []))
  // A column that says UTC, or an offset, beats one that shows the clock on the wall.
  const best = times.find(index => /utc/i.test(names[index] as string)) ?? times.find(index => zoned(cells(index))) ?? times[0]
  const at = clock >= 0 ? date : best
  if (at !== undefined) return { at, clock, times }
  const stroked = names.find((_, index) => cells(index).some(cell => STROKES.test(cell)))
  return stroked === undefined
    ? 'no column of stamps such as 2024-01-31T00:30Z'
    : `dates with strokes in ${shown(stroked)}, where 1/2 is in January or in February; 2024-01-31 is in one only`
}

/**
 * Finds out what each column holds.
 *
 * @returns in one clause why the table cannot be one of readings
 */
export function columnsOf({ names, rows, separator }: TableHead, hints: TableHints): Columns | string {
  const cells = (index: number): readonly string[] => rows.map(row => row[index] ?? '')
  const found = timesOf(names, cells, rows.length > 0)
  if (typeof found === 'string') return found
  const { at, clock, times } = found
  // A table of one column called "house" holds that house's readings.
  const isNumeric = (index: number): boolean => cells(index).every(cell => isMissing(cell) || decimal(cell, separator) !== undefined)
  const others = (index: number): number[] => names.flatMap((_, i) => (i !== index && i !== at && i !== clock && isNumeric(i) ? [i] : []))
  const household = names.findIndex((name, index) => index !== at && HOUSEHOLD.test(name) && others(index).length > 0)
  const ignored: { name: string; reason: string }[] = []
  const values: ValueColumn[] = []
  for (const [index, name] of names.entries()) {
    if (index === at || index === clock || index === household) continue
    const numbers = cells(index).map(cell => decimal(cell, separator))
    // One odd cell among numbers is a mistake on its line, which the reader names.
    const odd = numbers.some(number => number !== undefined) ? undefined : cells(index).find(cell => !isMissing(cell))
    if (hints.columns && !hints.columns.includes(name)) ignored.push({ name, reason: 'not asked for' })
    else if (times.includes(index)) ignored.push({ name, reason: 'a second column of stamps' })
    else if (odd !== undefined && isStamp(odd)) ignored.push({ name, reason: 'a second column of stamps' })
    else if (odd !== undefined) ignored.push({ name, reason: /\d/.test(odd) ? 'no numbers' : `no numbers but ${shown(odd)}` })
    else values.push(valueColumn(name, index))
  }
  const missing = hints.columns?.find(column => !names.includes(column))
  if (missing !== undefined) return `no column ${shown(missing)}, only ${names.map(shown).join(', ')}`
  if (values.length === 0) return `no column of numbers${ignored[0] ? `: ${shown(ignored[0].name)} has ${ignored[0].reason}` : ''}`
  const twice = repeated(values)
  if (twice !== undefined) return `two columns ${twice === '' ? 'without a household' : `for the household ${shown(twice)}`}`
  return { count: names.length, time: at, values, ignored, ...(clock >= 0 && { clock }), ...(household >= 0 && { household }) }
}

/** Finds a household that has two columns for one lane. */
function repeated(values: readonly ValueColumn[]): string | undefined {
  const seen = new Set<string>()
  for (const { household, lane } of values) {
    const key = `${lane} ${household}`
    if (seen.has(key)) return household
    seen.add(key)
  }
  return undefined
}

function isStamp(cell: string): boolean {
  return stampOf(cell) !== undefined
}

function zoned(cells: readonly string[]): boolean {
  return cells.every(cell => readStamp(cell)?.zoned)
}
