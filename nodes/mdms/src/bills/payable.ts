import { formatAmount, PARSED_TARIFFS, type PublishedTariff, roundAmount, TariffFileError } from '@hushgrid/billing'
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

/** Gives the amount to pay; undefined where the bill's tariff is missing or unreadable: the store takes any text for one. */
export function payableOf(
  { tariff, amount }: Pick<HouseholdBill, 'tariff' | 'amount'>,
  tariffs: readonly PublishedTariff[]
): Payable | undefined {
  const published = tariffs.find(each => each.tariff === tariff)
  const terms = published && PARSED_TARIFFS.of(published)
  if (!terms || terms instanceof TariffFileError) return undefined
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
