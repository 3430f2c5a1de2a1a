// The view of a period's bills, and of the households without one.
import { PARSED_TARIFFS, TariffFileError } from '@hushgrid/billing'
import type { BillingRun } from '@hushgrid/mdms'
import { counted } from '@hushgrid/primitives'
import { payableOf, sumsByCurrency } from '../../bills/payable.ts'
import { instant, moment } from '../tables.ts'
import { LATEST, type Question, type View } from '../view.ts'

function runInWords({ billed, open, silent }: BillingRun): string[] {
  const all = billed.length + open.length + silent.length
  return [
    `Billed for exactly this period: ${billed.length} of ${counted(all, 'household')}.`,
    ...(open.length > 0 ? [`Without a bill, but with something else in the period: ${open.join(', ')}.`] : []),
    ...(silent.length > 0 ? [`Without a bill, and with nothing in the period: ${silent.join(', ')}.`] : [])
  ]
}

/** Shows bills whose periods lie in the range; where the range was given in full, also the households without one for it. */
export async function billsView({ store, actor, network, range, times }: Question): Promise<View> {
  const { network: name, slotSeconds } = network
  const bills = await store.readBills(actor, name, range)
  const run = times.from > 0 && times.until < LATEST ? await store.readBillingRun(actor, name, range) : undefined
  const tariffs = bills.length > 0 ? await store.readTariffs(actor) : []
  const rows = bills.map(bill => {
    const time = (slot: number): number => slot * slotSeconds * 1000
    return { ...bill, from: time(bill.period.from), until: time(bill.period.until), payable: payableOf(bill, tariffs) }
  })
  const named = new Set(bills.map(({ tariff }) => tariff))
  const parsed = tariffs.filter(({ tariff }) => named.has(tariff)).map(each => PARSED_TARIFFS.of(each))
  const unreadable = parsed.filter(each => each instanceof TariffFileError)
  return {
    before: [`Network ${name}: ${counted(bills.length, 'verified bill')} of households, by pseudonym. Times in UTC.`],
    table: {
      columns: ['household', 'from', 'until', 'tariff', 'to pay', 'exact', 'unit', 'gaps'],
      rows: rows.map(each => [
        ...[each.household, moment(each.from), moment(each.until), each.tariff],
        ...[each.payable?.text, each.amount, each.unit, each.gaps]
      ])
    },
    after: [
      ...sumsByCurrency(rows.flatMap(({ payable }) => payable ?? [])).map(sum => `Together ${sum}.`),
      ...unreadable.map(cause => `Not rounded, since its tariff cannot be read: ${cause.message}.`),
      ...(run ? runInWords(run) : [])
    ],
    csv: {
      columns: ['household', 'from_utc', 'until_utc', 'tariff', 'tariff_sha256', 'currency', 'to_pay_minor', 'amount', 'unit', 'gaps'],
      rows: rows.map(each => [
        ...[each.household, instant(each.from), instant(each.until), each.tariff, Buffer.from(each.tariffHash).toString('hex')],
        ...[each.payable?.currency, each.payable?.minor, each.amount, each.unit, each.gaps]
      ])
    },
    json: {
      network: name,
      bills: rows.map(({ household, from, until, tariff, tariffHash, payable: due, amount, unit, gaps }) => ({
        ...{ household, from: instant(from), until: instant(until), tariff, tariffHash },
        ...{ toPay: due && { currency: due.currency, minor: due.minor }, amount: String(amount), unit, gaps }
      })),
      ...(run && { run: { billed: run.billed, open: run.open, silent: run.silent } })
    }
  }
}
