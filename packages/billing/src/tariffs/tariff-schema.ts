// The schema of a tariff file, by which editors check, too.
import { EXPORT_LANE, IMPORT_LANE, isDate, isMonthDay, isTimeZone } from '@hushgrid/primitives'
import { z } from 'zod'
import { CURRENCY_CODES } from './currency.ts'
import { DECIMAL_PATTERN } from './decimal.ts'
import { ROUNDING_RULES } from './rounding.ts'

/** Days as rules name them, in the order of Temporal's dayOfWeek, from 1; a holiday is a day of its own kind and no weekday. */
export const DAY_NAMES = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday', 'holiday'] as const

/** Most rules of a tariff file, more than any tariff in the field has. */
const MAX_RULES = 1000
/** Most bands: one for each quarter-hour of a billing period, which is of a year and some at most. */
const MAX_BANDS = 40_000
const MAX_HOLIDAYS = 1000

/** Makes the schema of a text, whose error tells the expected. */
function text(expected: string, pattern: RegExp, fits: (value: string) => boolean = () => true) {
  return z.string({ error: expected }).regex(pattern, { error: expected }).refine(fits, { error: expected })
}

/** Makes the schema of a mapping with these keys and no other. */
function mapping<Shape extends z.core.$ZodShape>(shape: Shape, expected: string) {
  return z.strictObject(shape, {
    error: issue => (issue.code === 'unrecognized_keys' ? `one of ${Object.keys(shape).join(', ')}` : expected)
  })
}

function list<Item extends z.ZodType>(item: Item, max: number, what: string) {
  const expected = `a list of 1 to ${max} ${what}`
  return z.array(item, { error: expected }).min(1, { error: expected }).max(max, { error: expected })
}

const price = text('a price in quotes, at most nine digits before the point and nine behind it, for example "11.76"', DECIMAL_PATTERN)
const lanePrice = price.describe('Minor units of the currency (pence, cents) per kWh, in quotes: "11.76". May be negative.')
const band = text(
  'the name of a band: lower-case letters and digits joined by hyphens, at most 63 characters',
  /^(?=.{1,63}$)[a-z0-9]+(-[a-z0-9]+)*$/
)

const prices = z
  .record(band, lanePrice, {
    error: `a mapping from 1 to ${MAX_BANDS} bands to their prices, for example {day: "28.62", night: "13.10"}`
  })
  .refine(record => Object.keys(record).length >= 1 && Object.keys(record).length <= MAX_BANDS, { error: `1 to ${MAX_BANDS} bands` })
  .describe('The price of each band, in minor units of the currency (pence, cents) per kWh, in quotes.')

const hours = text(
  'a span of one day such as 16:00-19:00, that ends after it starts (a span over midnight is two: 00:00-07:00 and 23:00-24:00)',
  /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/,
  value => value.slice(0, 5) < value.slice(6)
).describe('From (inclusive) and until (exclusive), on the clock of the time zone; at most 24:00.')

const monthDay = text('a day of the year as month and day, for example 10-01', /^\d\d-\d\d$/, isMonthDay)

const rule = mapping(
  {
    band: band.describe('The band that holds then, one of prices.'),
    season: mapping(
      { from: monthDay.describe('First day, MM-DD.'), to: monthDay.describe('Last day, MM-DD, which still belongs to it.') },
      'a mapping with from and to, for example {from: 10-01, to: 03-31}'
    )
      .optional()
      .describe('Days of the year, both inclusive; may run over the new year. All year where left out.'),
    days: list(
      z.enum(DAY_NAMES, { error: `one of ${DAY_NAMES.join(', ')}` }),
      DAY_NAMES.length,
      'different days, monday to sunday and holiday'
    )
      .refine(days => new Set(days).size === days.length, { error: 'each day once' })
      .optional()
      .describe("Days it holds on; 'holiday' for those listed in holidays, which are no weekdays. Every day where left out."),
    hours: list(hours, 24, 'spans of one day such as 16:00-19:00')
      .optional()
      .describe('Hours it holds in, on the clock of the time zone. All day where left out.')
  },
  'a mapping with band, and with season, days or hours'
)

const flat = mapping({ kind: z.literal('flat'), price: lanePrice }, 'a mapping with kind and price')

const timeOfUse = mapping(
  {
    kind: z.literal('time-of-use'),
    prices,
    otherwise: band.describe('The band that holds where no rule does, one of prices.'),
    rules: list(rule, MAX_RULES, 'rules').describe('When which band holds; the first rule that fits a moment decides.')
  },
  'a mapping with kind, prices, otherwise and rules'
)

const dynamic = mapping(
  {
    kind: z.literal('dynamic'),
    prices: prices
      .optional()
      .describe(
        'The price of each band, in minor units of the currency (pence, cents) per kWh, in quotes. Left out where the file of bands has the prices: price for import, export_price for export.'
      )
  },
  'a mapping with kind and prices, or kind alone where the file of bands has the prices'
)

const scheme = z.discriminatedUnion('kind', [flat, timeOfUse, dynamic], {
  error: "a mapping whose kind is 'flat', 'time-of-use' or 'dynamic'"
})

/**
 * A tariff file before its keys are checked against each other ({@link misfits}). Each key's description goes into the
 * JSON schema that editors show; the text of an error is what was expected.
 */
export const tariffFields = mapping(
  {
    name: text('lower-case letters and digits joined by hyphens, at most 63 characters', /^(?=.{1,63}$)[a-z0-9]+(-[a-z0-9]+)*$/).describe(
      'Name of the tariff: lower-case letters and digits, joined by hyphens.'
    ),
    description: z
      .string({ error: 'a text that is not empty' })
      .min(1, { error: 'a text that is not empty' })
      .optional()
      .describe('Who this tariff is for, in a sentence or two.'),
    currency: z.enum(CURRENCY_CODES, { error: `one of ${CURRENCY_CODES.join(', ')}` }).describe('ISO 4217 code of the currency.'),
    timeZone: text('a time zone of the IANA database, for example Europe/London', /^[A-Za-z][A-Za-z0-9_+/-]*$/, isTimeZone).describe(
      'Time zone whose clock and days the tariff goes by, with its daylight saving: a name of the IANA database.'
    ),
    rounding: z
      .enum(ROUNDING_RULES, { error: `one of ${ROUNDING_RULES.join(', ')}` })
      .default('half-away-from-zero')
      .describe('How a bill is rounded to the minor unit, once, at the end; the rules differ for an amount half-way between two.'),
    standingCharge: price
      .optional()
      .describe('Minor units of the currency for each day that begins within the period, on the clock of the time zone; in quotes.'),
    holidays: list(text('a date, for example 2026-12-25', /^\d{4}-\d\d-\d\d$/, isDate), MAX_HOLIDAYS, 'different dates')
      .refine(dates => new Set(dates).size === dates.length, { error: 'each date once' })
      .optional()
      .describe("Dates that rules call 'holiday' instead of by their weekday, every year written out."),
    import: scheme.describe(`What energy drawn from the grid costs (OBIS ${IMPORT_LANE}).`),
    export: scheme.optional().describe(`What is credited for energy fed into the grid (OBIS ${EXPORT_LANE}). Nothing where left out.`)
  },
  'a mapping with name, currency, timeZone and import'
)

/** A tariff file as zod reads it, with defaults filled in. */
export type TariffFields = z.output<typeof tariffFields>
export type SchemeFields = TariffFields['import']

/** Gives the JSON schema (draft 2020-12) of a tariff file, for editors; kept in `packages/billing/tariffs/tariff.schema.json`. */
export function tariffJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(tariffFields, { io: 'input' })
  return { $schema, title: 'Hushgrid tariff', ...rest }
}
