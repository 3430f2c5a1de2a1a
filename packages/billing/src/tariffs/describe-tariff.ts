// Tariffs, and what they took from a file of bands, in words.
import { durationText, EXPORT_LANE, IMPORT_LANE, type Slot } from '@hushgrid/primitives'
import type { Bands } from './bands-file.ts'
import { currencyNames, decimalText, describeUnit } from './currency.ts'
import { WH_DIGITS } from './decimal.ts'
import { isDynamic, type PriceScheme, type TimeOfUseRule } from './price-pieces.ts'
import type { Tariff } from './tariff.ts'
import type { TariffPrices } from './tariff-prices.ts'
import { DAY_NAMES } from './tariff-schema.ts'

const HALF_WAY = { 'half-away-from-zero': 'away from zero', 'half-even': 'to the even one' } as const
const MONTHS = 'January February March April May June July August September October November December'.split(' ')

/** Describes a tariff to people, in some lines of text without an end of line at the end. */
export function describeTariff(tariff: Tariff): string {
  const { short, minor } = currencyNames(tariff.currency)
  const { name, description, standingCharge, holidays, timeZone } = tariff
  const lines = [
    description === undefined ? name : `${name}: ${description}`,
    ...describeScheme('Import', tariff.import, `${short}/kWh`),
    ...(tariff.export ? describeScheme('Export, credited', tariff.export, `${short}/kWh`) : ['Export: no credit']),
    `Standing charge: ${standingCharge ? `${standingCharge.text} ${short} for each day that begins in the period` : 'none'}`,
    `Local time of ${timeZone}${holidays.size > 0 ? `; ${holidays.size} ${holidays.size === 1 ? 'holiday' : 'holidays'} listed` : ''}`,
    `Amounts are exact, in ${describeUnit(tariff)}, and rounded once, at the end, to the nearest ${minor}; half-way, ${HALF_WAY[tariff.rounding]}`
  ]
  return lines.join('\n')
}

/**
 * Says what a dynamic tariff took from a file for a period, so that nobody mistakes its grid or its unit: `bands of 30 min
 * for readings of 15 min`, `prices of 30 min for readings of 30 min, -5 to 16.0965 p/kWh`.
 */
export function describeRows(tariff: Tariff, { slotSeconds }: Bands, prices: TariffPrices): string {
  const schemes = [tariff.import, ...(tariff.export ? [tariff.export] : [])].filter(isDynamic)
  const kinds = new Set(schemes.map(({ kind }) => (kind === 'dynamic' ? 'bands' : 'prices')))
  const ranges = schemes.map(scheme => (scheme.kind === 'dynamic-prices' ? rangeOf(scheme.sign, prices) : ''))
  const of = durationText(slotSeconds ?? prices.slotSeconds)
  return `${[...kinds].join(' and ')} of ${of} for readings of ${durationText(prices.slotSeconds)}${ranges.join('')}`
}

/** Gives the least and the highest price of a lane in a period. */
function rangeOf(sign: 1n | -1n, prices: TariffPrices): string {
  const [lane, what] = sign === 1n ? [IMPORT_LANE, ''] : [EXPORT_LANE, ' for export']
  let [least, most]: (bigint | undefined)[] = []
  for (let slot = prices.from; slot < prices.until; slot = (slot + 1) as Slot) {
    const price = sign * prices.weights(lane, slot)
    if (least === undefined || price < least) least = price
    if (most === undefined || price > most) most = price
  }
  const text = (price = 0n): string => decimalText(price, prices.digits - WH_DIGITS)
  return `, ${text(least)} to ${text(most)} ${currencyNames(prices.currency).short}/kWh${what}`
}

function describeScheme(title: string, scheme: PriceScheme, unit: string): string[] {
  if (scheme.kind === 'flat') return [`${title}: ${scheme.price.text} ${unit}`]
  if (scheme.kind === 'dynamic-prices') return [`${title}: a price for each slot in ${unit}, in the column ${scheme.column} of a file`]
  const price = (band: string) => `${band} ${scheme.prices.get(band)?.text} ${unit}`
  if (scheme.kind === 'dynamic') return [`${title}, by the band of each slot: ${bandsInWords([...scheme.prices.keys()].map(price))}`]
  return [
    `${title}, by time of use, the first that fits:`,
    ...scheme.rules.map(rule => `  ${price(rule.band)} ${when(rule)}`),
    `  ${price(scheme.otherwise)} otherwise`
  ]
}

/** Most bands that are described one by one. */
const MOST_SHOWN = 20

function bandsInWords(bands: readonly string[]): string {
  if (bands.length <= MOST_SHOWN) return bands.join(', ')
  return `${bands.slice(0, MOST_SHOWN).join(', ')} and ${bands.length - MOST_SHOWN} more`
}

function when({ season, days, hours }: TimeOfUseRule): string {
  const parts = [
    ...(hours ? [hours.map(({ from, until }) => `${clock(from)} to ${clock(until)}`).join(' and ')] : []),
    ...(days ? [`on ${days.map(dayName).join(', ')}`] : []),
    ...(season ? [`from ${dayOfYear(season.from)} to ${dayOfYear(season.to)}`] : [])
  ]
  return parts.length > 0 ? parts.join(', ') : 'always'
}

function dayName(day: number): string {
  const name = DAY_NAMES[day - 1] as string
  return name === 'holiday' ? 'holidays' : `${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

/** Writes MM-DD as 1 October. */
function dayOfYear(monthDay: string): string {
  return `${Number(monthDay.slice(3))} ${MONTHS[Number(monthDay.slice(0, 2)) - 1]}`
}

function clock(seconds: number): string {
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor((seconds % 3600) / 60))}`
}
