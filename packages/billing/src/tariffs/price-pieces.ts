// Prices of a tariff, slot by slot, from rules that speak of local time.
import { durationText, formatUtc, type LocalDay, localDays, type OffsetSpan, offsetSpans } from '@hushgrid/primitives'
import type { BandRow, Bands, PriceColumn } from './bands-file.ts'
import { inUnits, perWh } from './decimal.ts'
import { BandsFileError, PriceChangeError } from './tariff-file-error.ts'

/** A price of a tariff. */
interface Price {
  /** Text of the file: minor units per kWh. */
  readonly text: string
  /** Units of the tariff per Wh of its lane; a credit is negative. */
  readonly weight: bigint
}

/** Times at which a band of a time-of-use tariff holds; a field left out holds always. */
export interface TimeOfUseRule {
  readonly band: string
  /** First and last day of the year, MM-DD, both inclusive; may run over the new year. */
  readonly season?: { readonly from: string; readonly to: string }
  /** Days of the week, 1 for Monday to 7 for Sunday, 8 for a holiday. */
  readonly days?: readonly number[]
  /** Seconds of local time since midnight, half-open. */
  readonly hours?: readonly { readonly from: number; readonly until: number }[]
}

/** Rule by which the price of a lane is found. */
export type PriceScheme =
  | { readonly kind: 'flat'; readonly price: Price }
  | {
      readonly kind: 'time-of-use'
      readonly prices: ReadonlyMap<string, Price>
      /** Band where no rule holds. */
      readonly otherwise: string
      /** Rules, of which the first that holds decides. */
      readonly rules: readonly TimeOfUseRule[]
    }
  | { readonly kind: 'dynamic'; readonly prices: ReadonlyMap<string, Price> }
  | {
      /** Prices that the file of bands has itself. */
      readonly kind: 'dynamic-prices'
      readonly column: PriceColumn
      readonly digits: number
      /** Sign of the weights: a credit is negative. */
      readonly sign: 1n | -1n
    }

/** A scheme whose prices depend on a file of bands. */
type DynamicScheme = Extract<PriceScheme, { kind: 'dynamic' | 'dynamic-prices' }>

export function isDynamic(scheme: PriceScheme | undefined): scheme is DynamicScheme {
  return scheme?.kind === 'dynamic' || scheme?.kind === 'dynamic-prices'
}

/** Slots, and the facts that their local time takes. */
export interface PricedPeriod {
  readonly timeZone: string
  /** Dates of holidays, YYYY-MM-DD. */
  readonly holidays: ReadonlySet<string>
  /** First slot. */
  readonly from: number
  /** Slot after the last. */
  readonly until: number
  readonly slotSeconds: number
  /** Bands, for a dynamic scheme. */
  readonly bands?: Bands
}

/** One price over a half-open span of time, s since 1970. */
interface Piece {
  readonly from: number
  readonly until: number
  readonly weight: bigint
}

/** Number of a holiday, after the 7 of Temporal's dayOfWeek. */
const HOLIDAY = 8
const SECONDS_PER_DAY = 86_400

/**
 * Gives the units per Wh of each slot of a period, in order.
 *
 * @throws PriceChangeError where the price changes within a slot
 * @throws BandsFileError where a slot of a dynamic scheme has no band, or one without a price
 */
export function weightsOf(scheme: PriceScheme, period: PricedPeriod): bigint[] {
  const { from, until, slotSeconds } = period
  if (scheme.kind === 'flat') return new Array<bigint>(until - from).fill(scheme.price.weight)
  const pieces = merged(isDynamic(scheme) ? bandPieces(scheme, period) : timeOfUsePieces(scheme, period))
  let at = 0
  return Array.from({ length: until - from }, (_, i) => {
    const start = (from + i) * slotSeconds
    while ((pieces[at] as Piece).until <= start) at++
    const { until: change, weight } = pieces[at] as Piece
    if (change < start + slotSeconds) throw new PriceChangeError(changeText(change, start, period, isDynamic(scheme)))
    return weight
  })
}

/** Covers the period's time without a gap, in order. */
function timeOfUsePieces(scheme: Extract<PriceScheme, { kind: 'time-of-use' }>, period: PricedPeriod): Piece[] {
  const { timeZone, holidays, from, until, slotSeconds } = period
  const weight = (band: string): bigint => (scheme.prices.get(band) as Price).weight
  const pieces: Piece[] = []
  for (const span of offsetSpans(timeZone, from * slotSeconds, until * slotSeconds)) {
    for (const day of localDays(span)) {
      const rules = scheme.rules.filter(rule => holdsOn(rule, day, holidays))
      for (const { from: start, until: end, band } of bandsOfDay(rules, scheme.otherwise)) {
        const piece = within(span, day.start + start - span.offset, day.start + end - span.offset)
        if (piece) pieces.push({ ...piece, weight: weight(band) })
      }
    }
  }
  return pieces
}

/** Gives the part of [from, until) that lies in the span. */
function within(span: OffsetSpan, from: number, until: number): { from: number; until: number } | undefined {
  const start = Math.max(span.from, from)
  const end = Math.min(span.until, until)
  return start < end ? { from: start, until: end } : undefined
}

function holdsOn({ season, days }: TimeOfUseRule, { date, weekday, monthDay }: LocalDay, holidays: ReadonlySet<string>): boolean {
  if (days && !days.includes(holidays.has(date) ? HOLIDAY : weekday)) return false
  if (!season) return true
  const { from, to } = season
  return from <= to ? from <= monthDay && monthDay <= to : from <= monthDay || monthDay <= to
}

/** Gives a day's bands in order, in seconds of local time since midnight. */
function bandsOfDay(rules: readonly TimeOfUseRule[], otherwise: string): { from: number; until: number; band: string }[] {
  const marks = new Set([0, SECONDS_PER_DAY])
  for (const { hours } of rules) for (const { from, until } of hours ?? []) marks.add(from).add(until)
  const sorted = [...marks].sort((a, b) => a - b)
  return sorted.slice(0, -1).map((from, i) => {
    const rule = rules.find(({ hours }) => !hours || hours.some(span => span.from <= from && from < span.until))
    return { from, until: sorted[i + 1] as number, band: rule?.band ?? otherwise }
  })
}

function bandPieces(scheme: DynamicScheme, { bands, from, until, slotSeconds }: PricedPeriod): Piece[] {
  // Checked with the period's arguments.
  const of = bands as Bands
  const { rows, slotSeconds: length = slotSeconds } = of
  const weight = rowWeights(scheme, of)
  const [begin, end] = [from * slotSeconds, until * slotSeconds]
  const first = (rows[0] as BandRow).start
  const pieces: Piece[] = []
  /** Start of the next row that the period needs. */
  let next = first + Math.floor((begin - first) / length) * length
  for (const row of rows) {
    if (row.start < next || next >= end) continue
    if (row.start > next) throw missing(next, row.line, formatUtc(row.start))
    next = row.start + length
    pieces.push({ from: row.start, until: next, weight: weight(row) })
  }
  if (next < end) throw missing(next, rows.reduce((last, { line }) => Math.max(last, line), 0) + 1, 'the end of the file')
  return pieces

  function missing(start: number, line: number, got: string): BandsFileError {
    const what = scheme.kind === 'dynamic' ? 'band' : 'price'
    return new BandsFileError({ file: of.file, line }, `the ${what} of the ${durationText(length)} that start at ${formatUtc(start)}`, got)
  }
}

/** Gives the weight of a row, once the file has the column that the scheme needs. */
function rowWeights(scheme: DynamicScheme, { file, header }: Bands): (row: BandRow) => bigint {
  const fail = (line: number, expected: string, got: string): never => {
    throw new BandsFileError({ file, line }, expected, got)
  }
  const [column, why] =
    scheme.kind === 'dynamic'
      ? (['band', 'since the tariff has a price for each band'] as const)
      : ([scheme.column, 'since the tariff leaves these prices to the file'] as const)
  if (!header.columns.includes(column)) fail(header.line, `a column ${column}, ${why}`, ['slot_start_utc', ...header.columns].join())
  if (scheme.kind === 'dynamic-prices')
    return row => scheme.sign * inUnits(perWh(row[scheme.column] ?? fail(row.line, 'a price', 'none')), scheme.digits)
  const { prices } = scheme
  const known = `a band of the tariff, ${prices.size > 20 ? `which has ${prices.size}` : `one of ${[...prices.keys()].join(', ')}`}`
  return ({ band, line }) => (prices.get(band ?? '') ?? fail(line, known, band === undefined ? 'none' : `'${band}'`)).weight
}

/** Says that one reading lies under two prices, and what helps. */
function changeText(change: number, start: number, { slotSeconds, bands }: PricedPeriod, dynamic: boolean): string {
  const [slot, at] = [durationText(slotSeconds), formatUtc(change)]
  const length = (dynamic && bands?.slotSeconds) || slotSeconds
  if (length >= slotSeconds)
    return `the price changes at ${at}, within the slot of ${slot} that starts at ${formatUtc(start)}: expected slots that end where a price does`
  const where = `the price changes at ${at}, within the slot that starts at ${formatUtc(start)}`
  const expected = `expected slots of at most ${durationText(length)}, as ${bands?.file} has its rows, got ${slot}`
  return `the readings are coarser than the prices: ${expected}, and ${where}; take finer readings, or prices that hold for ${slot}`
}

/** Merges neighbours of the same price, whatever their bands are called. */
function merged(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = []
  for (const piece of pieces) {
    const last = out.at(-1)
    if (last?.weight === piece.weight) out[out.length - 1] = { ...last, until: piece.until }
    else out.push(piece)
  }
  return out
}
