// The bill, computed once more from readings that only the customer has.
import type { CustomerBill } from '@hushgrid/web-api'
import type { PriceShare } from '../../common/price-rows.ts'
import { type Span, slotFinder } from './energy.ts'

/** Result of a check, with the figures it was computed from. */
export type BillCheck =
  | {
      readonly kind: 'computed'
      readonly same: boolean
      /** Computed amount, in the bill's unit. */
      readonly amount: bigint
      readonly fixed: bigint
      /** Number of slots with a reading. */
      readonly slots: number
      readonly gaps: number
      /** Prices with a slot in which they held, each with the energy of those slots; their costs and the fixed charges are the amount. */
      readonly shares: readonly Required<PriceShare>[]
    }
  | { readonly kind: 'impossible'; readonly why: string }

type Prices = CustomerBill['prices']

/**
 * Computes Σ price × reading over all slots, and the standing charges, exactly; compares with the bill's amount and gaps.
 *
 * @param spans - spans of one meter, in order, without overlap
 */
export function checkBill(bill: CustomerBill, spans: readonly Span[]): BillCheck {
  const { firstSlot, untilSlot } = bill
  const [amount, fixed] = [integer(bill.amount), integer(bill.prices.fixed)]
  const prices = pricesBySlot(bill.prices, untilSlot - firstSlot)
  if (amount === undefined || fixed === undefined || !prices)
    return { kind: 'impossible', why: 'The server gave no prices for this period that this page understands.' }
  const find = slotFinder(spans)
  const parts = new Map<string, Part>()
  const lanes = [...prices.keys()].sort()
  let [gaps, absent] = [0, 0]
  for (let slot = firstSlot; slot < untilSlot; slot++) {
    const state = find(slot)
    if (state === 'gap') gaps++
    else if (state === 'absent') absent++
    else {
      for (const lane of lanes) {
        const price = prices.get(lane)?.[slot - firstSlot] ?? 0n
        const reading = state.get(lane)
        if (reading === undefined && price > 0n)
          return { kind: 'impossible', why: `The tariff charges for ${lane}, which your meter does not measure.` }
        addTo(parts, lane, price, reading ?? 0n)
      }
    }
  }
  if (absent > 0) return { kind: 'impossible', why: `Readings of ${absent} of the period's ${untilSlot - firstSlot} slots are not here.` }
  const shares = sharesOf(parts, bill.prices.bands)
  const own = shares.reduce((sum, { used }) => sum + used.cost, fixed)
  const slots = untilSlot - firstSlot - gaps
  return { kind: 'computed', same: own === amount && gaps === bill.gaps, amount: own, fixed, slots, gaps, shares }
}

interface Part {
  readonly lane: string
  readonly price: bigint
  slots: number
  wattHours: bigint
}

function addTo(parts: Map<string, Part>, lane: string, price: bigint, reading: bigint): void {
  const name = `${lane} ${price}`
  const part = parts.get(name) ?? { lane, price, slots: 0, wattHours: 0n }
  part.slots++
  part.wattHours += reading
  parts.set(name, part)
}

/** Gives the parts the tariff's names and order; a price that the server has no band for comes last, without a name. */
function sharesOf(parts: ReadonlyMap<string, Part>, bands: Prices['bands']): Required<PriceShare>[] {
  const places = new Map(bands.map(({ lane, price }, i) => [`${lane} ${price}`, i]))
  return [...parts]
    .map(([name, { lane, price, slots, wattHours }]) => {
      const place = places.get(name) ?? bands.length
      return { place, share: { lane, names: bands[place]?.names ?? [], price, slots, used: { wattHours, cost: price * wattHours } } }
    })
    .sort((a, b) => a.place - b.place)
    .map(({ share }) => share)
}

function integer(text: string): bigint | undefined {
  return /^-?\d{1,60}$/.test(text) ? BigInt(text) : undefined
}

/** Spreads the runs of prices over the slots; undefined unless each lane has a price for each slot. */
function pricesBySlot({ weights }: Prices, slots: number): Map<string, bigint[]> | undefined {
  if (slots < 1 || slots > 1 << 20) return undefined
  const byLane = new Map<string, bigint[]>()
  for (const [lane, runs] of Object.entries(weights)) {
    const prices: bigint[] = []
    for (const { slots: length, price: text } of runs) {
      const price = integer(text)
      if (price === undefined || !Number.isInteger(length) || length < 1 || prices.length + length > slots) return undefined
      for (let i = 0; i < length; i++) prices.push(price)
    }
    if (prices.length !== slots) return undefined
    byLane.set(lane, prices)
  }
  return byLane
}

/** Writes a number with its thousands apart. */
export function grouped(value: bigint): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ',')
}
