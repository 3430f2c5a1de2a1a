// The bands of a tariff in a period: which prices there were, in how many slots.
import { EXPORT_LANE, type ObisCode, type Slot } from '@hushgrid/primitives'
import type { PriceScheme } from './price-pieces.ts'
import type { Tariff } from './tariff.ts'
import type { TariffPrices } from './tariff-prices.ts'

/** A price of one lane, and the slots of a period in which it held. */
export interface PriceBand {
  readonly lane: ObisCode
  /** Names of the tariff's bands that have this price; none where it names no bands. */
  readonly names: readonly string[]
  /** Units of the tariff per Wh. */
  readonly weight: bigint
  readonly slots: number
}

/** Lists the bands of a period by lane, in the order of the tariff's names, those without a name by their price. */
export function priceBands(tariff: Pick<Tariff, 'import' | 'export'>, prices: TariffPrices): PriceBand[] {
  return prices.lanes.flatMap(lane => {
    const names = namesOf(lane === EXPORT_LANE ? tariff.export : tariff.import)
    const places = [...names.keys()]
    const place = (weight: bigint): number => (names.has(weight) ? places.indexOf(weight) : places.length)
    return [...slotsByWeight(lane, prices)]
      .map(([weight, slots]) => ({ lane, names: names.get(weight) ?? [], weight, slots }))
      .sort((a, b) => place(a.weight) - place(b.weight) || (a.weight < b.weight ? -1 : 1))
  })
}

function namesOf(scheme: PriceScheme | undefined): Map<bigint, string[]> {
  const names = new Map<bigint, string[]>()
  if (scheme?.kind !== 'time-of-use' && scheme?.kind !== 'dynamic') return names
  for (const [name, { weight }] of scheme.prices) names.set(weight, [...(names.get(weight) ?? []), name])
  return names
}

function slotsByWeight(lane: ObisCode, prices: TariffPrices): Map<bigint, number> {
  const counts = new Map<bigint, number>()
  for (let slot = prices.from; slot < prices.until; slot = (slot + 1) as Slot) {
    const weight = prices.weights(lane, slot)
    counts.set(weight, (counts.get(weight) ?? 0) + 1)
  }
  return counts
}
