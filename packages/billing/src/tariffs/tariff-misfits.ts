import type { Path } from '@hushgrid/primitives'
import type { SchemeFields, TariffFields } from './tariff-schema.ts'

/** A key that does not fit the others. */
export interface Misfit {
  readonly path: Path
  readonly expected: string
  /** Key that was found, where the key is wrong and not its value. */
  readonly got?: string
}

/** Checks the demands of keys on each other, in fields that parsed. */
export function misfits(fields: TariffFields): Misfit[] {
  const { import: drawn, export: fed, holidays } = fields
  const out = [
    ...schemeMisfits('import', drawn, holidays !== undefined),
    ...(fed ? schemeMisfits('export', fed, holidays !== undefined) : [])
  ]
  if (drawn.kind === 'dynamic' && fed?.kind === 'dynamic' && drawn.prices && fed.prices) {
    const [expected, got] = [drawn.prices, fed.prices].map(prices => Object.keys(prices).sort().join(', '))
    if (expected !== got) out.push({ path: ['export', 'prices'], expected: `the bands of import, ${expected}` })
  }
  return out
}

function schemeMisfits(lane: string, scheme: SchemeFields, anyHolidays: boolean): Misfit[] {
  if (scheme.kind !== 'time-of-use') return []
  const { prices, otherwise, rules } = scheme
  const out: Misfit[] = []
  const known = `one of prices, ${Object.keys(prices).join(', ')}`
  if (!Object.hasOwn(prices, otherwise)) out.push({ path: [lane, 'otherwise'], expected: known })
  for (const [i, { band, days }] of rules.entries()) {
    if (!Object.hasOwn(prices, band)) out.push({ path: [lane, 'rules', i, 'band'], expected: known })
    if (days?.includes('holiday') && !anyHolidays) {
      out.push({ path: [lane, 'rules', i, 'days'], expected: 'no holiday, since the tariff has no list of holidays' })
    }
  }
  // Stops here: a misspelt band is also one that nobody uses, and the misspelling says more.
  if (out.length > 0) return out
  const named = new Set([otherwise, ...rules.map(rule => rule.band)])
  return Object.keys(prices)
    .filter(name => !named.has(name))
    .map(name => ({ path: [lane, 'prices', name], expected: 'a band that a rule or otherwise names', got: 'one that none names' }))
}
