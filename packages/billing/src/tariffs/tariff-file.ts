// Reading of tariff files, with the place of the first mistake.
import { keyOffset, nodeAt, type Path, pathText, printable, readYaml, show } from '@hushgrid/primitives'
import { type Document, isMap } from 'yaml'
import type { z } from 'zod'
import { type Decimal, inUnits, PRICE_DIGITS, parseDecimal, perWh, WH_DIGITS } from './decimal.ts'
import type { PriceScheme, TimeOfUseRule } from './price-pieces.ts'
import { Tariff } from './tariff.ts'
import { TariffFileError } from './tariff-file-error.ts'
import { type Misfit, misfits } from './tariff-misfits.ts'
import { DAY_NAMES, type SchemeFields, type TariffFields, tariffFields } from './tariff-schema.ts'

/** Most characters of a tariff file: with a band for each quarter-hour of a year it has some 800,000. */
const MAX_LENGTH = 1_000_000

/**
 * Reads a tariff file (YAML 1.2, one document).
 *
 * @param file - its name, for errors
 * @throws TariffFileError with the place of the first mistake
 */
export function parseTariff(text: string, file: string): Tariff {
  const { document, fail } = readYaml(text, file, MAX_LENGTH, (place, expected, got) => {
    throw new TariffFileError(place, expected, got)
  })
  const result = tariffFields.safeParse(document.toJS())
  const mistakes = result.success
    ? misfits(result.data).map(misfit => located(document, misfit))
    : withoutConsequences(result.error.issues).map(issue => locate(document, issue))
  // Names a mistake before an omission, since it says more.
  const [first] = mistakes.sort((a, b) => Number(a.absent) - Number(b.absent) || a.offset - b.offset)
  if (first) return fail(first.offset, first.key, first.expected, first.got)
  return new Tariff(contents(result.data as TariffFields))
}

interface Located {
  readonly offset: number
  /** True where the mistake is something missing. */
  readonly absent: boolean
  readonly key: string
  readonly expected: string
  readonly got: string
}

function locate(document: Document.Parsed, issue: z.core.$ZodIssue): Located {
  const path = issue.path as Path
  if (issue.code === 'unrecognized_keys') {
    return located(document, { path: [...path, issue.keys[0] as string], expected: issue.message, got: 'an unknown key' })
  }
  if (issue.code === 'invalid_key') {
    return located(document, { path, expected: issue.issues[0]?.message ?? issue.message, got: `'${printable(String(path.at(-1)))}'` })
  }
  const node = nodeAt(document, path)
  const place = located(document, { path, expected: issue.message })
  // Says how many there are: the one limit of a mapping is that of its keys.
  return issue.code === 'custom' && isMap(node) ? { ...place, got: String(node.items.length) } : place
}

function located(document: Document.Parsed, { path, expected, got }: Misfit): Located {
  const node = nodeAt(document, path)
  const start = got === undefined ? node?.range?.[0] : undefined
  return { offset: start ?? keyOffset(document, path), absent: node === undefined, key: pathText(path), expected, got: got ?? show(node) }
}

/** Leaves out the omission that goes with a mistyped key, since the mistyped key says more. */
function withoutConsequences(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const parents = new Set(issues.filter(({ code }) => code === 'unrecognized_keys').map(({ path }) => JSON.stringify(path)))
  return issues.filter(issue => issue.code === 'unrecognized_keys' || !parents.has(JSON.stringify(issue.path.slice(0, -1))))
}

function contents(fields: TariffFields): ConstructorParameters<typeof Tariff>[0] {
  const { standingCharge, holidays, description, import: drawn, export: fed, ...rest } = fields
  const charge = standingCharge === undefined ? undefined : parseDecimal(standingCharge)
  const digits = Math.max(0, schemeDigits(drawn), fed ? schemeDigits(fed) : 0, charge?.digits ?? 0)
  return {
    ...rest,
    ...(description !== undefined && { description }),
    digits,
    holidays: new Set(holidays),
    ...(standingCharge !== undefined && charge && { standingCharge: { text: standingCharge, units: inUnits(charge, digits) } }),
    import: scheme(drawn, digits, 1n),
    ...(fed && { export: scheme(fed, digits, -1n) })
  }
}

/** Gives the digits that the weights of a scheme need. */
function schemeDigits(fields: SchemeFields): number {
  const digits = (text: string): number => priceWeight(text).digits
  if (fields.kind === 'flat') return digits(fields.price)
  if (fields.prices === undefined) return PRICE_DIGITS + WH_DIGITS
  return Object.values(fields.prices).reduce((most, text) => Math.max(most, digits(text)), 0)
}

function priceWeight(text: string): Decimal {
  return perWh(parseDecimal(text))
}

function scheme(fields: SchemeFields, digits: number, sign: 1n | -1n): PriceScheme {
  const price = (text: string) => Object.freeze({ text, weight: sign * inUnits(priceWeight(text), digits) })
  if (fields.kind === 'flat') return Object.freeze({ kind: 'flat', price: price(fields.price) })
  if (fields.prices === undefined)
    return Object.freeze({ kind: 'dynamic-prices', column: sign === 1n ? 'price' : 'export_price', digits, sign })
  const prices = new Map(Object.entries(fields.prices).map(([band, text]) => [band, price(text)]))
  if (fields.kind === 'dynamic') return Object.freeze({ kind: 'dynamic', prices })
  return Object.freeze({ kind: 'time-of-use', prices, otherwise: fields.otherwise, rules: Object.freeze(fields.rules.map(rule)) })
}

function rule({ band, season, days, hours }: (SchemeFields & { kind: 'time-of-use' })['rules'][number]): TimeOfUseRule {
  return Object.freeze({
    band,
    ...(season && { season: Object.freeze({ ...season }) }),
    ...(days && { days: Object.freeze(days.map(day => DAY_NAMES.indexOf(day) + 1)) }),
    ...(hours && { hours: Object.freeze(hours.map(hourSpan)) })
  })
}

function hourSpan(text: string): { from: number; until: number } {
  const [from, until] = text.split('-').map(clock => Number(clock.slice(0, 2)) * 3600 + Number(clock.slice(3)) * 60) as [number, number]
  return { from, until }
}
