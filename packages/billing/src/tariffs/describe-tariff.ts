import { currencyNames, describeUnit } from './currency.ts'
import type { PriceScheme, TimeOfUseRule } from './price-pieces.ts'
import type { Tariff } from './tariff.ts'
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

function describeScheme(title: string, scheme: PriceScheme, unit: string): string[] {
  if (scheme.kind === 'flat') return [`${title}: ${scheme.price.text} ${unit}`]
  const price = (band: string) => `${band} ${scheme.prices.get(band)?.text} ${unit}`
  if (scheme.kind === 'dynamic') return [`${title}, by the band of each slot: ${[...scheme.prices.keys()].map(price).join(', ')}`]
  return [
    `${title}, by time of use, the first that fits:`,
    ...scheme.rules.map(rule => `  ${price(rule.band)} ${when(rule)}`),
    `  ${price(scheme.otherwise)} otherwise`
  ]
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
