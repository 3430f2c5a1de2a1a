// Columns of a table of readings: what stands in each, by its name and by its first values.
import { decimal, EXPORT_LANE, IMPORT_LANE, isMissing, type ObisCode, QUANTITIES, readStamp, type Separator } from '@hushgrid/primitives'
import { shown } from '../data-format-error.ts'
import { READING_UNITS, type ReadingUnit, type TableHints } from './hints.ts'
import { type DateOrder, dateOrderOf, stampOf } from './stamp.ts'

/** A column of values. */
export interface ValueColumn {
  readonly index: number
  /** Name of its household; empty where another column or the file names it. */
  readonly household: string
  readonly lane: ObisCode
  readonly unit: ReadingUnit | undefined
  /** True where the name says that it is a register, which only grows. */
  readonly register: boolean
  /** True where the name says whether energy is drawn or fed in. */
  readonly directed: boolean
}

/** Columns of a table. */
export interface Columns {
  /** Fields of a row. */
  readonly count: number
  readonly time: number
  /** Column of the time of day, where date and time stand apart. */
  readonly clock?: number
  /** Column of AM and PM, where it stands apart. */
  readonly half?: number
  /** Order of day and month, where the dates have strokes. */
  readonly dateOrder?: DateOrder
  /** Column of the household's name. */
  readonly household?: number
  readonly values: readonly ValueColumn[]
  /** True for the canonical form, whose other columns are homes of Wh whatever they are called. */
  readonly canonical: boolean
  /** Unit of the columns that name none. */
  readonly unit: ReadingUnit
  /** Columns that are not read, each with the reason. */
  readonly ignored: readonly { readonly name: string; readonly reason: string }[]
}

const HOUSEHOLD =
  /^(?:id|household(?:_?id)?|home(?:_?id)?|house(?:_?id)?|meter(?:_?id)?|lclid|customer(?:_?id)?|dataid|dwelling(?:_?id)?|building(?:_?id)?)$/i
const TIME =
  /^(?:slot_start_utc|time_?stamp|datetime|date_?time|date|time|utc|tstp|start|start_?time|from|local_15min|localminute|index|ds|)(?: ?\(?(?:utc|local)\)?)?$/i
/** Stamps of the canonical form. */
const CANONICAL = /^slot_start_utc$/i
const CLOCK = /^(?:(?:start[ _]?)?time|hour|clock)$/i
/** Stamps that no number looks like, whatever stands over them. */
const UNMISTAKABLE = /^\d+[-./]\d+[-./]\d+.*:/
const STROKES = /^\d{1,2}\/\d{1,2}\/\d{2,4}/
const HALF = /^[AP]\.?M\.?$/i
const TWO_DIGITS = /^\d\d?([./-])\d\d?\1\d\d(?:\D|$)/
const TIME_OF_DAY = /^\d\d?:\d\d(?::\d\d)?(?: ?[AP]\.?M\.?)?$/i

const UNIT = new RegExp(`(?:^|[\\s_]+|[\\s_]*[[(])(${READING_UNITS.join('|')})(?:/\\w+)?[\\])]?$`, 'i')
const CODES: readonly (readonly [RegExp, ObisCode])[] = QUANTITIES.map(({ obis }) => [
  new RegExp(`(?:^|\\s+|[:_-]+)${obis.replaceAll('.', '\\.')}$`),
  obis
])
const DIRECTIONS: readonly (readonly [RegExp, ObisCode])[] = [
  ...CODES,
  [/(?:^|[\s:_-]+)(?:import|imported|consumption|consumed|usage|used|demand|delivered)$/i, IMPORT_LANE],
  [/(?:^|[\s:_-]+)(?:export|exported|feed[\s_-]?in|fed[\s_-]?in|returned|received)$/i, EXPORT_LANE]
]
/** Register 1.8.0 is energy drawn in all, 2.8.0 energy fed in (EN 62056-6-1). */
const REGISTERS: readonly (readonly [RegExp, ObisCode])[] = [
  [/[\s:_-]*(?:1-0:)?1\.8\.0$/, IMPORT_LANE],
  [/[\s:_-]*(?:1-0:)?2\.8\.0$/, EXPORT_LANE]
]
const REGISTER = /(?:^|[\s:_-]+)(?:register|cumulative|counter|meter[\s_-]?reading|z(?:ä|ae)hlerstand)$/i
/** Columns of numbers that are no energy, by their names. */
const NOT_ENERGY =
  /(?:^|[\s_-])(?:cost|price|tariff|temp(?:erature)?|humidity|volt(?:age|s)?|current|amps?|frequency|quality|flag|status)(?:$|[\s_([-])/i
const NO_NAME = /^(?:value|values|energy|power|reading|readings|kwh|wh|load|total|mains?)?$/i

/** Takes household, lane and unit out of a column's name, `house-7 import kWh` for example. */
export function valueColumn(name: string, index: number): ValueColumn {
  let rest = name
  const cut = (pattern: RegExp): RegExpExecArray | null => {
    const found = pattern.exec(rest)
    if (found) rest = rest.slice(0, found.index)
    return found
  }
  let unit = cut(UNIT)?.[1]
  const named = cut(REGISTER) !== null
  const code = REGISTERS.find(([pattern]) => cut(pattern))
  const direction = code ?? DIRECTIONS.find(([pattern]) => cut(pattern))
  // The unit may stand before the direction too; a code is the end of a home's own name.
  if (direction && direction !== code && !CODES.includes(direction)) unit ??= cut(UNIT)?.[1]
  const household = rest.trim()
  const known = unit === undefined ? undefined : READING_UNITS.find(each => each.toLowerCase() === unit?.toLowerCase())
  const isHome = direction !== undefined && CODES.includes(direction)
  return {
    index,
    household: !isHome && NO_NAME.test(household) ? '' : household,
    lane: direction?.[1] ?? IMPORT_LANE,
    unit: known,
    register: named || code !== undefined,
    directed: direction !== undefined
  }
}

/** Gives the name of a column of Wh that {@link valueColumn} reads as this household's lane, whatever the household is called. */
export function columnName(household: string, lane: ObisCode): string {
  const { household: read, lane: readLane, unit, register } = valueColumn(household, 0)
  const plain = lane === IMPORT_LANE && readLane === IMPORT_LANE && read === household && unit === undefined && !register
  return plain && !HOUSEHOLD.test(household) && !TIME.test(household) && !NOT_ENERGY.test(household) ? household : `${household} ${lane} Wh`
}

/** A table's header and its first rows. */
export interface TableHead {
  readonly names: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly separator: Separator
}

/** Columns of the stamps. */
interface Times {
  readonly at: number
  /** Column of the time of day where it stands apart, otherwise below zero. */
  readonly clock: number
  /** Column of AM and PM where it stands apart, otherwise below zero. */
  readonly half: number
  /** All columns that hold stamps. */
  readonly times: readonly number[]
  readonly dateOrder?: DateOrder
}

/** Finds the column of the stamps, and that of the time of day where it stands apart; or says why there is none. */
function timesOf(names: readonly string[], cells: (index: number) => readonly string[], hasRows: boolean): Times | string {
  const find = (name: RegExp, fits: (index: number) => boolean): number => names.findIndex((each, index) => name.test(each) && fits(index))
  const date = find(/^date$/i, index => areStamps(cells(index)) && cells(index).every(cell => !cell.includes(':')))
  const clock = date < 0 ? -1 : find(CLOCK, index => cells(index).every(cell => TIME_OF_DAY.test(cell)))
  const unmistakable = (index: number): boolean => hasRows && cells(index).every(cell => UNMISTAKABLE.test(cell))
  const times = names.flatMap((name, i) => ((TIME.test(name) || unmistakable(i)) && areStamps(cells(i)) ? [i] : []))
  // A column that says UTC, or an offset, beats one that shows the clock on the wall.
  const best = times.find(index => /utc/i.test(names[index] as string)) ?? times.find(index => zoned(cells(index))) ?? times[0]
  const at = clock >= 0 ? date : best
  if (at === undefined) return whyNoStamps(names, cells)
  const half = names.findIndex((_, index) => hasRows && cells(index).every(cell => HALF.test(cell)))
  if (!cells(at).some(cell => STROKES.test(cell))) return { at, clock, half, times }
  const dateOrder = dateOrderOf(cells(at))
  const strokes = `dates with strokes in ${shown(names[at] as string)}`
  if (dateOrder === 'both') return `${strokes}, some of which are day/month and others month/day`
  return dateOrder === undefined || dateOrder === 'either'
    ? `${strokes}, none of which tells whether 1/2 is in January or in February; 2024-01-31 does`
    : { at, clock, half, times, dateOrder }
}

/** Says why no column holds stamps: by the cell that spoils one, where most of its cells are some. */
function whyNoStamps(names: readonly string[], cells: (index: number) => readonly string[]): string {
  for (const [index, name] of names.entries()) {
    const of = cells(index)
    const short = of.find(cell => TWO_DIGITS.test(cell))
    if (short !== undefined) return `${shown(short)} in ${shown(name)}, whose year has two digits`
    const orders = [undefined, 'day-first', 'month-first'] as const
    const odd = orders.map(order => of.filter(cell => !stampOf(cell, order))).reduce((a, b) => (b.length < a.length ? b : a))
    if (TIME.test(name) && odd.length > 0 && odd.length < of.length / 2)
      return `${shown(odd[0] as string)} in ${shown(name)}, which is no moment`
  }
  return 'no column of stamps such as 2024-01-31T00:30Z'
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
  const { at, clock, half, times, dateOrder } = found
  // A table of one column called "house" holds that house's readings.
  const isNumeric = (index: number): boolean => cells(index).every(cell => isMissing(cell) || decimal(cell, separator) !== undefined)
  const others = (index: number): number[] =>
    names.flatMap((_, i) => (i !== index && i !== at && i !== clock && i !== half && isNumeric(i) ? [i] : []))
  const canonical = CANONICAL.test(names[at] ?? '')
  const household = canonical ? -1 : names.findIndex((name, index) => index !== at && HOUSEHOLD.test(name) && others(index).length > 0)
  const ignored: { name: string; reason: string }[] = []
  const values: ValueColumn[] = []
  for (const [index, name] of names.entries()) {
    if (index === at || index === clock || index === half || index === household) continue
    const asked = hints.columns?.includes(name)
    const reason = asked === false ? 'not asked for' : times.includes(index) ? SECOND_STAMPS : whyNoReadings(cells(index), separator)
    const guessed = asked === undefined ? whyNoEnergy(name, cells(index)) : undefined
    if (reason ?? guessed) ignored.push({ name, reason: (reason ?? guessed) as string })
    else values.push(valueColumn(name, index))
  }
  // Where some columns say their unit or direction, one that says neither may be anything.
  const says = ({ unit, directed }: ValueColumn): boolean => unit !== undefined || directed
  const unsaid = hints.columns || canonical || !values.some(says) ? [] : values.filter(value => !says(value))
  for (const { index } of unsaid) ignored.push({ name: names[index] as string, reason: 'it says neither unit nor direction, as others do' })
  const missing = hints.columns?.find(column => !names.includes(column))
  if (missing !== undefined) return `no column ${shown(missing)}, only ${names.map(shown).join(', ')}`
  const kept = values.filter(value => !unsaid.includes(value))
  if (kept.length === 0) return `no column of numbers${ignored[0] ? `: ${shown(ignored[0].name)} has ${ignored[0].reason}` : ''}`
  const twice = repeated(kept)
  if (twice !== undefined) return `two columns ${twice === '' ? 'without a household' : `for the household ${shown(twice)}`}`
  return {
    count: names.length,
    time: at,
    values: kept,
    canonical,
    unit: hints.unit ?? 'Wh',
    ignored,
    ...(clock >= 0 && { clock }),
    ...(half >= 0 && { half }),
    ...(dateOrder && { dateOrder }),
    ...(household >= 0 && { household })
  }
}

const SECOND_STAMPS = 'a second column of stamps'

/** Says why a column cannot hold readings. One odd cell among numbers is a mistake on its line, which the reader names. */
function whyNoReadings(cells: readonly string[], separator: Separator): string | undefined {
  if (cells.some(cell => decimal(cell, separator) !== undefined)) return undefined
  const odd = cells.find(cell => !isMissing(cell))
  if (odd === undefined) return undefined
  if (isStamp(odd)) return SECOND_STAMPS
  return /\d/.test(odd) ? 'no numbers' : `no numbers but ${shown(odd)}`
}

/** Says why numbers that nobody asked for are hardly energy. */
function whyNoEnergy(name: string, cells: readonly string[]): string | undefined {
  if (NOT_ENERGY.test(name)) return 'by its name no energy'
  return name === '' && countsRows(cells) ? 'it counts the rows' : undefined
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

/** Tells whether a column numbers its rows, as pandas and R write an index. */
function countsRows(cells: readonly string[]): boolean {
  return cells.length > 1 && cells.every((cell, i) => Number(cell) - Number(cells[0]) === i)
}

function isStamp(cell: string): boolean {
  return areStamps([cell])
}

/** Tells whether all cells of a column are stamps, dates with strokes in one order. */
function areStamps(cells: readonly string[]): boolean {
  return cells.every(cell => stampOf(cell) !== undefined) || dateOrderOf(cells) !== undefined
}

function zoned(cells: readonly string[]): boolean {
  return cells.every(cell => readStamp(cell)?.zoned)
}
