// The rows of a bill by band. A tariff with a price for each slot has them in ranges, since a month has 1,488 of those.
import type { Money } from '@hushgrid/web-api'
import { priceText } from './money.ts'

/** A price of one lane, with what falls under it. */
export interface PriceShare {
  readonly lane: string
  readonly names: readonly string[]
  /** Units per Wh; negative where the customer is paid. */
  readonly price: bigint
  readonly slots: number
  /** Energy and its cost; none where only the customer knows them. */
  readonly used?: { readonly wattHours: bigint; readonly cost: bigint }
}

/** One row: a band, or a range of prices. */
export interface PriceRow extends Omit<PriceShare, 'names' | 'price'> {
  readonly band: string
  readonly price: string
}

/** Most bands of a lane that have a row each. */
const MOST_ROWS = 12
/** Most ranges instead. */
const MOST_RANGES = 11
const PER_KWH = 1000n
const STEPS = [1n, 2n, 5n]

/** Gives the rows of all lanes, whose slots, energies and costs add up to those of the shares. */
export function priceRows(shares: readonly PriceShare[], money: Money): PriceRow[] {
  return [...Map.groupBy(shares, ({ lane }) => lane).values()].flatMap(each => {
    if (each.length <= MOST_ROWS) return each.map(share => rowOf(share, money, each.length === 1))
    return inRanges(each, money)
  })
}

function rowOf({ names, price, ...rest }: PriceShare, money: Money, alone: boolean): PriceRow {
  const band = names.length > 0 ? names.join(' and ') : alone ? 'at all times' : 'no name'
  return { ...rest, band, price: priceText(price, money) }
}

function inRanges(shares: readonly PriceShare[], money: Money): PriceRow[] {
  const prices = shares.map(({ price }) => price).sort((a, b) => (a < b ? -1 : 1))
  const step = stepFor((prices.at(-1) ?? 0n) - (prices[0] ?? 0n), money)
  const groups = Map.groupBy(shares, ({ price }) => floorDivided(price, step))
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([place, each]) => {
      const [from, until] = [priceText(place * step, money), priceText((place + 1n) * step, money)]
      return { ...sumOf(each), band: `${counted(each.length)}`, price: `${from.split(' ')[0]} to under ${until}` }
    })
}

function counted(prices: number): string {
  return prices === 1 ? 'one price' : `${prices} prices`
}

function sumOf(shares: readonly PriceShare[]): Omit<PriceShare, 'names' | 'price'> {
  const [lane, slots] = [shares[0]?.lane ?? '', shares.reduce((sum, share) => sum + share.slots, 0)]
  const used = shares.flatMap(share => share.used ?? [])
  if (used.length < shares.length) return { lane, slots }
  const sum = (of: 'wattHours' | 'cost'): bigint => used.reduce((all, each) => all + each[of], 0n)
  return { lane, slots, used: { wattHours: sum('wattHours'), cost: sum('cost') } }
}

/** Finds a round step, in units per Wh, that makes few ranges: 1, 2 or 5 of the smallest unit per kWh, and tens of these. */
function stepFor(width: bigint, { unitDigits }: Money): bigint {
  // A price per Wh may be a whole number of units only; a kWh has a thousand of them.
  let unit = 10n ** BigInt(unitDigits) / PER_KWH || 1n
  for (;;) {
    // The lowest price may lie within its range, so that there is one range more than the width has steps.
    for (const factor of STEPS) if (width / (factor * unit) < BigInt(MOST_RANGES - 1)) return factor * unit
    unit *= 10n
  }
}

function floorDivided(value: bigint, by: bigint): bigint {
  return value >= 0n ? value / by : -((-value + by - 1n) / by)
}
