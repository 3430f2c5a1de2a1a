// Prices of a tariff, slot by slot, from rules that speak of local time.
import { formatUtc, type LocalDay, localDays, type OffsetSpan, offsetSpans } from '@hushgrid/primitives'
import type { Bands } from './bands-file.ts'
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
  const pieces = merged(scheme.kind === 'dynamic' ? bandPieces(scheme.prices, period) : timeOfUsePieces(scheme, period))
  let at = 0
  return Array.from({ length: until - from }, (_, i) => {
    const start = (from + i) * slotSeconds
    while ((pieces[at] as Piece).until <= start) at++
    const { until: change, weight } = pieces[at] as Piece
    if (change < start + slotSeconds) {
      throw new PriceChangeError(
        `the price changes at ${formatUtc(change)}, within the slot of ${slotSeconds} s that starts at ${formatUtc(start)}: expected slots that end where a price does`
      )
    }
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

function bandPieces(prices: ReadonlyMap<string, Price>, { bands, from, until, slotSeconds }: PricedPeriod): Piece[] {
  // Checked with the period's arguments.
  const { file, rows, slotSeconds: length } = bands as Bands
  const end = until * slotSeconds
  const pieces: Piece[] = []
  /** Start of the next row that the period needs. */
  let next = Math.floor((from * slotSeconds) / length) * length
  for (const { start, band, line } of rows) {
    if (start < next || next >= end) continue
    if (start > next) throw missing(file, line, next, formatUtc(start))
    const price = prices.get(band)
    if (!price) throw new BandsFileError({ file, line }, `a band of the tariff, one of ${[...prices.keys()].join(', ')}`, `'${band}'`)
    next = start + length
    pieces.push({ from: start, until: next, weight: price.weight })
  }
  if (next < end) throw missing(file, (rows.at(-1)?.line ?? 1) + 1, next, 'the end of the file')
  return pieces
}

function missing(file: string, line: number, slot: number, got: string): BandsFileError {
  return new BandsFileError({ file, line }, `the band of the slot that starts at ${formatUtc(slot)}`, got)
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
