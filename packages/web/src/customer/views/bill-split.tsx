// A bill by band: energy and amount under each price, which add up to what is to be paid.
import type { CustomerBill } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Amount, ExactSwitch } from '../../common/exact-amounts.tsx'
import { priceRows } from '../../common/price-rows.ts'
import { type BillCheck, grouped } from '../figures/bill-check.ts'
import { kilowattHours, laneName } from '../figures/energy.ts'
import { Table } from './parts.tsx'

interface Props {
  readonly bill: CustomerBill
  readonly check: Extract<BillCheck, { kind: 'computed' }>
}

const COLUMNS = [
  { name: 'Band' },
  { name: 'Slots', number: true },
  { name: 'kWh', number: true },
  { name: 'Amount', number: true }
] as const

/** Shows the page's own computation of a bill, line by line. */
export function BillSplit({ bill, check }: Props): JSX.Element {
  const [exact, setExact] = useState(false)
  const { money } = bill
  if (!money) return <Unreadable bill={bill} check={check} />
  const rows = priceRows(check.shares, money).map(({ lane, band, price, slots, used }) => [
    <>
      {band}{' '}
      <span class="muted price">
        {laneName(lane)}, {price}
      </span>
    </>,
    slots.toLocaleString('en-GB'),
    kilowattHours(used?.wattHours ?? 0n),
    <Amount key="cost" amount={used?.cost ?? 0n} money={money} exact={exact} />
  ])
  const sum = (amount: bigint, rounded?: string): JSX.Element => (
    <strong>
      <Amount amount={amount} money={money} {...(rounded !== undefined && { rounded })} exact={exact} />
    </strong>
  )
  return (
    <>
      <Table
        caption="Energy and amount under each price"
        columns={COLUMNS}
        rows={[
          ...rows,
          ['Standing charges', '', '', <Amount key="fixed" amount={check.fixed} money={money} exact={exact} />],
          [<strong key="own">Computed here</strong>, '', '', sum(check.amount)],
          ['On the bill', '', '', <Amount key="bill" amount={BigInt(bill.amount)} money={money} rounded={bill.toPay} exact={exact} />]
        ]}
        empty=""
        whole
      />
      <p>
        <ExactSwitch on={exact} set={setExact} />
      </p>
      <p class="muted">
        Lines are shown rounded, so that they may seem to miss their sum in the last digit; the exact amounts add up to it, and only their
        sum is rounded, once, by the tariff’s rule.
      </p>
    </>
  )
}

/** Shows amounts in the bill's own unit where the currency of its tariff is not known. */
function Unreadable({ bill, check }: Props): JSX.Element {
  return (
    <Table
      caption={`All amounts in ${bill.unit}`}
      columns={[COLUMNS[0], COLUMNS[3]]}
      rows={[
        ...check.shares.map(({ lane, used }) => [laneName(lane), grouped(used.cost)]),
        ['Standing charges', grouped(check.fixed)],
        ['Computed here', grouped(check.amount)],
        ['On the bill', grouped(BigInt(bill.amount))]
      ]}
      empty=""
      whole
    />
  )
}
