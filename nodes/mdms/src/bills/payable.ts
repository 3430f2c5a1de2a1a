import { formatAmount, PARSED_TARIFFS, type PublishedTariff, roundAmount, type Tariff, TariffFileError } from '@hushgrid/billing'
import type { HouseholdBill } from '@hushgrid/mdms'
import { counted } from '@hushgrid/primitives'

/** Amount to pay in its currency. */
export interface Due {
  readonly currency: Parameters<typeof formatAmount>[1]['currency']
  readonly minor: bigint
}

/** Amount to pay for a bill, rounded once by the tariff's rule. */
export interface Payable extends Due {
  readonly text: string
}

/** Gives the tariff of a name; undefined where it is missing or unreadable: the store takes any text for one. */
export function tariffNamed(name: string, tariffs: readonly PublishedTariff[]): Tariff | undefined {
  const published = tariffs.find(({ tariff }) => tariff === name)
  const read = published && PARSED_TARIFFS.of(published)
  return read instanceof TariffFileError ? undefined : read
}

/** Gives the amount to pay; undefined where there is no such tariff. */
export function payableOf(
  { tariff, amount }: Pick<HouseholdBill, 'tariff' | 'amount'>,
  tariffs: readonly PublishedTariff[]
): Payable | undefined {
  const terms = tariffNamed(tariff, tariffs)
  if (!terms) return undefined
  const { minor } = roundAmount(amount, terms)
  return { currency: terms.currency, minor, text: formatAmount(minor, terms) }
}

/** Sums up what is to be paid in each currency, in words. */
export function sumsByCurrency(due: readonly Due[]): string[] {
  return [...Map.groupBy(due, ({ currency }) => currency)].map(([currency, each]) => {
    const minor = each.reduce((sum, bill) => sum + bill.minor, 0n)
    return `${formatAmount(minor, { currency })} of ${counted(each.length, 'bill')}`
  })
}
