// A table of bills, each with its check.
import type { BillCheck, BillToCheckAgain, SupplierBill } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Breakable } from '../../common/breakable.tsx'
import { Amount, ExactSwitch } from '../../common/exact-amounts.tsx'
import { sentenceOf, useDesk, useSend } from '../session/session.ts'
import { moment } from '../times.ts'
import { counted } from '../words.ts'
import { Table } from './parts.tsx'

/** Result of checking a bill again. */
type Outcome = (BillCheck & { readonly asked?: 'by-itself' }) | { readonly problem: string } | 'checking'

const HEADS = ['Household', 'Period', 'Tariff', '#To pay', '#Gaps', 'Check'] as const

interface Props {
  readonly network: string
  readonly bills: readonly SupplierBill[]
  readonly caption: string
}

function nameOf({ household, from, until }: BillToCheckAgain): string {
  return `${household} ${from} ${until}`
}

/** Lists bills with their checks; each can be checked again from the proof that is kept with it. */
export function BillsTable({ network, bills, caption }: Props): JSX.Element {
  const { zone } = useDesk()
  const send = useSend()
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map())
  const [said, setSaid] = useState('')
  const [busy, setBusy] = useState(false)
  const [exact, setExact] = useState(false)
  const put = (name: string, outcome: Outcome): void => setOutcomes(before => new Map(before).set(name, outcome))

  const check = async ({ household, from, until }: SupplierBill, alone = false): Promise<Outcome> => {
    const bill = { household, from, until }
    put(nameOf(bill), 'checking')
    let outcome: Outcome
    try {
      const found = await send<BillCheck>('POST', `/api/networks/${encodeURIComponent(network)}/bills/check`, bill)
      outcome = { ...found, ...(alone && { asked: 'by-itself' }) }
    } catch (cause) {
      outcome = { problem: sentenceOf(cause) }
    }
    put(nameOf(bill), outcome)
    return outcome
  }
  const checkOne = (bill: SupplierBill): void => {
    void check(bill, true).then(outcome => setSaid(`Bill of ${bill.household}: ${inWords(outcome)}`))
  }
  const checkAll = async (): Promise<void> => {
    setBusy(true)
    let holding = 0
    // Checks one after the other, since the server checks no faster.
    for (const [i, bill] of bills.entries()) {
      setSaid(`Checking bill ${i + 1} of ${bills.length}.`)
      if (holds(await check(bill))) holding++
    }
    setSaid(`${holding} of ${counted(bills.length, 'bill')} hold.`)
    setBusy(false)
  }

  return (
    <>
      <p class="actions no-print">
        <button type="button" disabled={busy} onClick={() => void checkAll()}>
          Check {bills.length === 1 ? 'the bill' : `all ${bills.length} bills`} again
        </button>
        <ExactSwitch on={exact} set={setExact} />
      </p>
      <p aria-live="polite">{said}</p>
      <Table caption={`${caption}, times in ${zone}`} heads={HEADS} class="cards">
        {bills.map(bill => {
          const name = nameOf(bill)
          return <BillRows key={name} bill={bill} outcome={outcomes.get(name)} check={() => checkOne(bill)} busy={busy} exact={exact} />
        })}
      </Table>
    </>
  )
}

interface RowProps {
  readonly bill: SupplierBill
  readonly outcome: Outcome | undefined
  readonly check: () => void
  readonly busy: boolean
  readonly exact: boolean
}

function BillRows({ bill, outcome, check, busy, exact }: RowProps): JSX.Element {
  const { zone } = useDesk()
  return (
    <>
      <tr>
        <th scope="row" class="pseudonym">
          <Breakable text={bill.household} />
        </th>
        <td class="period" data-label="Period">
          <div>
            <span>{moment(bill.from, zone)} to</span> <span>{moment(bill.until, zone)}</span>
          </div>
        </td>
        <td data-label="Tariff">{bill.tariff}</td>
        <td class="number" data-label="To pay">
          <ToPay bill={bill} exact={exact} />
        </td>
        <td class="number" data-label="Gaps">
          {bill.gaps}
        </td>
        <td data-label="Check">
          <div class="state">
            <State outcome={outcome} />
            <button
              type="button"
              class="no-print"
              disabled={busy || outcome === 'checking'}
              onClick={check}
              aria-label={`Check again the bill of ${bill.household}`}
            >
              Check again
            </button>
          </div>
        </td>
      </tr>
      {outcome !== undefined && outcome !== 'checking' && (
        <tr class="more">
          <td colSpan={HEADS.length}>
            {'problem' in outcome ? (
              <p class="problem">{outcome.problem}</p>
            ) : (
              <Steps check={outcome} open={outcome.asked === 'by-itself' || !outcome.holds} />
            )}
          </td>
        </tr>
      )}
    </>
  )
}

/** The amount to pay; the exact one alone where the tariff cannot be read. */
function ToPay({ bill: { toPay, money, amount, unit }, exact }: Pick<RowProps, 'bill' | 'exact'>): JSX.Element {
  if (!money || !toPay)
    return (
      <>
        {amount} <span class="muted unit">{unit}</span>
      </>
    )
  return <Amount amount={BigInt(amount)} money={money} rounded={toPay.text} exact={exact} />
}

function State({ outcome }: Pick<RowProps, 'outcome'>): JSX.Element {
  if (outcome === undefined) return <span>Held when it came in.</span>
  if (outcome === 'checking') return <span>Being checked.</span>
  if ('problem' in outcome) return <span class="warn">Not checked again.</span>
  return outcome.holds ? <strong class="good">Holds.</strong> : <strong class="bad">Does not hold.</strong>
}

function Steps({ check, open }: { readonly check: BillCheck; readonly open: boolean }): JSX.Element {
  const { zone } = useDesk()
  return (
    <details class="check" open={open}>
      <summary>
        Checked {moment(check.checked, zone)} in {check.milliseconds} ms, from the proof that the customer sent
      </summary>
      <ol>
        {check.steps.map(({ what, holds: held, explained }) => (
          <li key={what}>
            <strong>{what}:</strong>{' '}
            <span class={held === undefined ? 'muted' : held ? 'good' : 'bad'}>
              {held === undefined ? 'not looked at' : held ? 'holds' : 'does not hold'}
            </span>
            <br />
            {explained}
          </li>
        ))}
      </ol>
    </details>
  )
}

function holds(outcome: Outcome): boolean {
  return outcome !== 'checking' && !('problem' in outcome) && outcome.holds
}

function inWords(outcome: Outcome): string {
  if (outcome === 'checking') return 'being checked.'
  if ('problem' in outcome) return outcome.problem
  const failed = outcome.steps.find(step => step.holds === false)
  return failed ? `does not hold at the step “${failed.what}”.` : 'every step of the check holds.'
}
