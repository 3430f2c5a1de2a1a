// The prices of bills, as the pages show them: currency, time zone, bands.
import { type Bands, currencyNames, type PublishedTariff, priceBands, type Tariff, type TariffPrices } from '@hushgrid/billing'
import type { HouseholdBill } from '@hushgrid/mdms'
import { HushgridError } from '@hushgrid/primitives'
import type { BilledPrices, Money, PricedBand } from '@hushgrid/web-api'
import { instant } from '../commands/tables.ts'
import { tariffNamed } from './payable.ts'

/** Lists the time zones of tariffs, each once; tariffs that cannot be read have none. */
export function zonesOf(tariffs: readonly PublishedTariff[]): string[] {
  return [...new Set(tariffs.flatMap(({ tariff }) => tariffNamed(tariff, tariffs)?.timeZone ?? []))]
}

export function moneyOf({ currency, digits: unitDigits }: Pick<Tariff, 'currency' | 'digits'>): Money {
  const { sign, short, digits } = currencyNames(currency)
  return { currency, sign, short, digits, unitDigits }
}

export function bandsOf(tariff: Tariff, prices: TariffPrices): PricedBand[] {
  return priceBands(tariff, prices).map(({ weight, ...band }) => ({ ...band, price: String(weight) }))
}

interface PricedInit {
  readonly tariffs: readonly PublishedTariff[]
  readonly slotSeconds: number
  /** Bands for dynamic tariffs. */
  readonly bands?: Bands
}

/** Gives the prices of bills, once for each tariff and period; leaves out those that are not to be had here. */
export function pricesOfBills(
  bills: readonly Pick<HouseholdBill, 'tariff' | 'period'>[],
  { tariffs, slotSeconds, bands }: PricedInit
): BilledPrices[] {
  const distinct = new Map(bills.map(bill => [`${bill.period.from} ${bill.period.until} ${bill.tariff}`, bill]))
  return [...distinct.values()].flatMap(({ tariff: name, period }) => {
    const tariff = tariffNamed(name, tariffs)
    const prices = tariff && pricesOf(tariff, period as Pick<TariffPrices, 'from' | 'until'>, slotSeconds, bands)
    if (!prices) return []
    const time = (slot: number): string => instant(slot * slotSeconds * 1000)
    const times = { from: time(period.from), until: time(period.until) }
    return [{ tariff: name, ...times, money: moneyOf(tariff), fixed: String(prices.fixed), bands: bandsOf(tariff, prices) }]
  })
}

/** Gives a tariff's prices for a period; undefined where it has none, as a dynamic one without its bands. */
function pricesOf(
  tariff: Tariff,
  { from, until }: Pick<TariffPrices, 'from' | 'until'>,
  slotSeconds: number,
  bands: Bands | undefined
): TariffPrices | undefined {
  try {
    return tariff.prices({ from, until, slotSeconds, ...(bands && tariff.needsBands && { bands }) })
  } catch (cause) {
    if (cause instanceof HushgridError) return undefined
    throw cause
  }
}
