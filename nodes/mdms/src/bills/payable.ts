import { formatAmount, PARSED_TARIFFS, type PublishedTariff, roundAmount, TariffFileError } from '@hushgrid/billing'
import type { HouseholdBill } from '@hushgrid/mdms'

/** Amount to pay for a bill, rounded once by the tariff's rule. */
export interface Payable {
  readonly currency: Parameters<typeof formatAmount>[1]['currency']
  readonly minor: bigint
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
