// One household as its supplier knows it: a pseudonym, billing periods, bills.
import { formatAmount, parseTariff, roundAmount, TariffFileError } from '@hushgrid/billing'
import type { Actor, HouseholdBill, Network, StoreAccess, Tariff } from '@hushgrid/mdms'
import { toHex } from '@hushgrid/primitives'
import type { SlotRange } from '@hushgrid/statistics'
import type { HouseholdAccount, SupplierBill } from '@hushgrid/web-api'
import { instant } from '../commands/tables.ts'

/** @throws NotAllowedError, UnknownAccountError, InvalidArgumentError */
export async function householdAccount(
  store: StoreAccess,
  actor: Actor,
  { network, slotSeconds }: Network,
  household: string,
  range: SlotRange
): Promise<HouseholdAccount> {
  const periods = await store.readConsumption(actor, network, range, household)
  const bills = (await store.readHouseholdBills(actor, household, range)).filter(bill => bill.network === network)
  const tariffs = bills.length > 0 ? await store.readTariffs(actor) : []
  const times = ({ from, until }: SlotRange) => ({ from: instant(from * slotSeconds * 1000), until: instant(until * slotSeconds * 1000) })
  return {
    network,
    household,
    periods: periods.map(({ period, lanes, source }) => ({
      ...{ household, ...times(period), source },
      wattHours: Object.fromEntries(Object.entries(lanes).map(([code, energy]) => [code, String(energy)]))
    })),
    bills: bills.map((bill): SupplierBill => {
      const { period, tariff, tariffHash, amount, unit, gaps } = bill
      const toPay = toPayOf(bill, tariffs)
      return {
        ...{ household, ...times(period), tariff, tariffHash: toHex(tariffHash), amount: String(amount), unit, gaps },
        ...(toPay && { toPay })
      }
    })
  }
}

/** Undefined where the tariff's text cannot be read: the store takes any. */
function toPayOf({ tariff, amount }: HouseholdBill, tariffs: readonly Tariff[]): SupplierBill['toPay'] {
  const kept = tariffs.find(each => each.tariff === tariff)
  if (!kept) return undefined
  try {
    const terms = parseTariff(kept.text, tariff)
    const { minor } = roundAmount(amount, terms)
    return { currency: terms.currency, minor: String(minor), text: formatAmount(minor, terms) }
  } catch (cause) {
    if (!(cause instanceof TariffFileError)) throw cause
    return undefined
  }
}
