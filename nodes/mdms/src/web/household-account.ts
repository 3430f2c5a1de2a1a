// One household as its supplier knows it: a pseudonym, billing periods, bills.
import type { Actor, Network } from '@hushgrid/mdms'
import { toHex } from '@hushgrid/primitives'
import type { SlotRange } from '@hushgrid/statistics'
import type { HouseholdAccount, SupplierBill } from '@hushgrid/web-api'
import { payableOf, tariffNamed } from '../bills/payable.ts'
import { moneyOf, pricesOfBills } from '../bills/priced.ts'
import { instant } from '../commands/tables.ts'
import type { WebDesk } from './web-desk.ts'

interface AccountQuestion {
  readonly actor: Actor
  readonly network: Network
  readonly household: string
  readonly range: SlotRange
}

/** @throws NotAllowedError, UnknownAccountError, InvalidArgumentError */
export async function householdAccount(
  { store, bands }: Pick<WebDesk, 'store' | 'bands'>,
  { actor, network: { network, slotSeconds }, household, range }: AccountQuestion
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
      const [payable, named] = [payableOf(bill, tariffs), tariffNamed(tariff, tariffs)]
      return {
        ...{ household, ...times(period), tariff, tariffHash: toHex(tariffHash), amount: String(amount), unit, gaps },
        ...(named && { money: moneyOf(named) }),
        ...(payable && { toPay: { ...payable, minor: String(payable.minor) } })
      }
    }),
    prices: pricesOfBills(bills, { tariffs, slotSeconds, ...(bands && { bands }) })
  }
}
