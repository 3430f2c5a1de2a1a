// "Bills": each bill with the supplier's check and the page's own computation.
import type { CustomerBill, CustomerBills } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { checkBill } from '../figures/bill-check.ts'
import { periodText, secondsOf, serverTime } from '../figures/when.ts'
import type { Household } from '../keeper/household.ts'
import { useLoaded } from '../use-loaded.ts'
import { BillSplit } from './bill-split.tsx'
import { Heading, ProblemText, ServerKnows } from './parts.tsx'
import { Signatures } from './signatures.tsx'
import type { ViewProps } from './view-props.ts'

/** Shows bills, explains the supplier's check of each, and adds the page's own computation. */
export function BillsView({ household, focus }: ViewProps): JSX.Element {
  const loaded = useLoaded(async () => (await household.get<CustomerBills>('/bills')).bills, household)
  const newestFirst = loaded.value?.toReversed()
  return (
    <>
      <Heading focus={focus}>Bills</Heading>
      <ProblemText text={loaded.problem} />
      {!newestFirst && loaded.problem === undefined && <p role="status">Fetching your bills …</p>}
      {newestFirst?.length === 0 && <p>There is no bill yet. One is made for a whole period, once all of its readings are there.</p>}
      {newestFirst?.map((bill, i) => (
        <Bill household={household} bill={bill} open={i === 0} key={`${bill.from} ${bill.received}`} />
      ))}
      <ServerKnows>
        the amount of each bill, its period and tariff, and how many slots have no reading. It checks the amount against your meter’s
        signature without learning when you used energy.
      </ServerKnows>
    </>
  )
}

interface BillProps {
  readonly household: Household
  readonly bill: CustomerBill
  readonly open: boolean
}

function Bill({ household, bill, open: opened }: BillProps): JSX.Element {
  const [open, setOpen] = useState(opened)
  const { zone } = household
  const own = bill.timeZone ?? zone
  const holds = bill.check.every(step => step.holds)
  const period = periodText(secondsOf(bill.from), secondsOf(bill.until), own)
  return (
    <article class="panel bill">
      <header>
        <h2>
          {period}
          {own !== zone && <span class="muted zone"> in {own}, by whose days the tariff charges</span>}
        </h2>
        <p>
          To pay <span class="big">{bill.toPay}</span>
        </p>
      </header>
      <details open={open} onToggle={event => setOpen(event.currentTarget.open)}>
        <summary>How this amount comes about, and its check</summary>
        {open && (
          <>
            <h3>Your tariff</h3>
            <p class="tariff">{bill.tariffText}</p>
            <p>
              {bill.gaps === 0
                ? 'Your meter has a reading for every slot of this period.'
                : `Your meter has no reading for ${bill.gaps} ${bill.gaps === 1 ? 'slot' : 'slots'} of this period; nothing is charged for ${bill.gaps === 1 ? 'it' : 'them'}.`}
            </p>
            <OwnCheck household={household} bill={bill} />
            <h3>
              What the supplier checked: <span class={holds ? 'good' : 'bad'}>{holds ? 'the bill holds' : 'the bill does not hold'}</span>
            </h3>
            <ol class="check">
              {bill.check.map(step => (
                <li key={step.what}>
                  <strong>{step.what}:</strong> <span class={step.holds ? 'good' : 'bad'}>{step.holds ? 'holds' : 'does not hold'}</span>
                  <br />
                  {step.explained}
                </li>
              ))}
            </ol>
            <p class="muted">The supplier received this bill on {serverTime(bill.received, zone)}.</p>
          </>
        )}
      </details>
    </article>
  )
}

/** Computes the amount from the readings that only this page has. */
function OwnCheck({ household, bill }: Omit<BillProps, 'open'>): JSX.Element {
  const { firstSlot, untilSlot } = bill
  const opened = useLoaded(async () => {
    await Promise.all(household.meters.map(meter => household.open(meter, firstSlot, untilSlot)))
    return true
  }, bill)
  // Reads the batches here, so that a signature that turns out not to hold makes this anew.
  const numbers = household.meters.flatMap(meter => household.numbersOf(meter, firstSlot, untilSlot))
  if (opened.problem !== undefined) return <ProblemText text={opened.problem} />
  if (!opened.value) return <p role="status">Computing the bill from your readings …</p>
  const checks = household.meters.map(meter => checkBill(bill, household.spans(meter)))
  const check = checks.find(each => each.kind === 'computed' && each.same) ?? checks.find(each => each.kind === 'computed') ?? checks[0]
  if (!check) return <p>No meter is paired with your account, so this page cannot compute the bill.</p>
  if (check.kind === 'impossible')
    return (
      <>
        <h3>Computed here, from your readings: not possible</h3>
        <p>{check.why}</p>
        <Signatures household={household} numbers={numbers} />
      </>
    )
  return (
    <>
      <h3>
        Computed here, from your readings: <span class={check.same ? 'good' : 'bad'}>{check.same ? 'the same' : 'not the same'}</span>
      </h3>
      <p>
        This page multiplied the readings of your {check.slots.toLocaleString('en-GB')} slots with their prices, added them up and added the
        standing charges, all exactly. The server gave the prices; the readings it cannot read.
      </p>
      <BillSplit bill={bill} check={check} />
      <p>
        {check.same
          ? `The amount to pay, ${bill.toPay}, is this one rounded once, by the tariff’s rule.`
          : 'Ask your supplier why before you pay: your meter’s readings, or the slots it has none of, do not come to this bill.'}
      </p>
      <Signatures household={household} numbers={numbers} />
    </>
  )
}
