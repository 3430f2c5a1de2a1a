// The page of billing runs.
import type { Bills, DeskClock, Networks, Tariffs } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Breakable } from '../../common/breakable.tsx'
import { BilledBands } from '../parts/billed-bands.tsx'
import { BillsTable } from '../parts/bills-table.tsx'
import { ALL, Answer, NetworkChoice, NO_NETWORK, pathOf, Table } from '../parts/parts.tsx'
import { type Loaded, useDesk, useJson, useJsons } from '../session/session.ts'
import { addMonths, dateOf, instant, isMonth, moment, monthInWords, startOfMonth, zoneOfTariffs } from '../times.ts'
import { counted } from '../words.ts'

export function BillingPage(): JSX.Element {
  // A desk may stay open for longer than a month, and in a lab a month is over within the hour.
  const clock = useJson<DeskClock>('/api/clock')
  return (
    <>
      <h2>Billing runs</h2>
      <Answer of={clock} what="the time">
        {({ now }) => <Runs now={now} />}
      </Answer>
    </>
  )
}

interface AtTime {
  /** Time of the node's clock. */
  readonly now: string
}

function Runs({ now }: AtTime): JSX.Element {
  const networks = useJson<Networks>('/api/networks')
  const tariffs = useJson<Tariffs>('/api/tariffs')
  const [chosen, choose] = useState<string>()
  return (
    <>
      <Answer of={networks} what="the neighbourhoods">
        {known => {
          const network = known.find(each => each.network === chosen)?.network ?? known[0]?.network
          if (network === undefined) return <p class="panel">{NO_NETWORK}</p>
          const choice = known.length > 1 && (
            <NetworkChoice networks={known} network={chosen === ALL ? ALL : network} choose={choose} beside />
          )
          if (choice && chosen === ALL) return <RunsSideBySide networks={known} choice={choice} now={now} />
          return <Run key={network} network={network} choice={choice} now={now} />
        }}
      </Answer>
      <TariffList tariffs={tariffs} />
    </>
  )
}

/** Shows the bills of a month, at first of the last that is over. */
function Run({ network, choice, now }: AtTime & { readonly network: string; readonly choice: JSX.Element | false }): JSX.Element {
  const desk = useDesk()
  const { month, setMonth, zone, from, until, range } = useMonth(now)
  const bills = useJson<Bills>(`${pathOf(network)}/bills?${range}`)
  return (
    <>
      <MonthForm month={month} setMonth={setMonth} choice={choice} />
      <section class="panel">
        <h3>
          {network}, {monthInWords(month)}
        </h3>
        <p class="muted">
          {moment(from, zone)} to {moment(until, zone)}, {zone}
          {zone !== desk.zone && ', whose months the tariffs charge by'}
        </p>
        <Answer of={bills} what="the bills">
          {found => (
            <>
              <RunInWords found={found} />
              {found.bills.length > 0 && <BillsTable network={network} bills={found.bills} caption={`Bills of ${monthInWords(month)}`} />}
              <BilledBands prices={found.prices} />
              <Without found={found} />
            </>
          )}
        </Answer>
      </section>
    </>
  )
}

interface Month {
  readonly month: string
  readonly setMonth: (month: string) => void
  /** Zone whose months these are. */
  readonly zone: string
  readonly from: number
  readonly until: number
  /** The month as a query. */
  readonly range: URLSearchParams
}

/** Keeps the month shown, at first the last that is over. */
function useMonth(now: string): Month {
  const desk = useDesk()
  // Keeps to the zone whose months the tariffs charge by, whatever zone times are shown in.
  const zone = desk.clock.zones.length === 1 ? zoneOfTariffs(desk.clock) : desk.zone
  const [month, setMonth] = useState(() => addMonths(dateOf(Date.parse(now), zone).slice(0, 7), -1))
  const [from, until] = [startOfMonth(month, zone), startOfMonth(addMonths(month, 1), zone)]
  return { month, setMonth, zone, from, until, range: new URLSearchParams({ from: instant(from), until: instant(until) }) }
}

/** Chooses neighbourhood and month. */
function MonthForm({ month, setMonth, choice }: Pick<Month, 'month' | 'setMonth'> & { readonly choice: JSX.Element | false }): JSX.Element {
  return (
    <form class="controls no-print" onSubmit={event => event.preventDefault()}>
      {choice}
      <div class="field">
        <label for="month">Billing period</label>
        <input
          id="month"
          type="month"
          placeholder="YYYY-MM"
          value={month}
          onChange={event => isMonth(event.currentTarget.value) && setMonth(event.currentTarget.value)}
        />
      </div>
      <div class="steps">
        <button type="button" onClick={() => setMonth(addMonths(month, -1))}>
          Previous month
        </button>
        <button type="button" onClick={() => setMonth(addMonths(month, 1))}>
          Next month
        </button>
      </div>
    </form>
  )
}

/** Compares the runs of all neighbourhoods. */
function RunsSideBySide({ networks, choice, now }: AtTime & { readonly networks: Networks; readonly choice: JSX.Element }): JSX.Element {
  const { month, setMonth, zone, from, until, range } = useMonth(now)
  const bills = useJsons<Bills>(networks.map(({ network }) => `${pathOf(network)}/bills?${range}`))
  return (
    <>
      <MonthForm month={month} setMonth={setMonth} choice={choice} />
      <section class="panel">
        <h3>
          {networks.length} neighbourhoods, {monthInWords(month)}
        </h3>
        <p class="muted">
          {moment(from, zone)} to {moment(until, zone)}, {zone}
        </p>
        <Answer of={bills} what="the bills">
          {found => (
            <Table
              caption="Each neighbourhood by itself: nothing is added up across them"
              heads={['Neighbourhood', '#Households', '#Billed', '#Other bills', '#Without', 'To pay together']}
            >
              {found.map(each => (
                <RunRow key={each.network} found={each} />
              ))}
            </Table>
          )}
        </Answer>
      </section>
    </>
  )
}

function RunRow({ found: { network, bills, run, together } }: { readonly found: Bills }): JSX.Element {
  const without = run.open.length + run.silent.length
  return (
    <tr>
      <th scope="row">{network}</th>
      <td class="number">{run.billed.length + without}</td>
      <td class="number">{run.billed.length}</td>
      <td class="number">{bills.length - run.billed.length}</td>
      <td class={without > 0 ? 'number warn' : 'number'}>{without}</td>
      <td>{together.join(' and ') || '–'}</td>
    </tr>
  )
}

function RunInWords({ found: { bills, run, together } }: { readonly found: Bills }): JSX.Element {
  const all = run.billed.length + run.open.length + run.silent.length
  if (all === 0) return <p>The store has nothing of any household in this neighbourhood yet.</p>
  return (
    <>
      <p>
        Billed for exactly this period: {run.billed.length} of {counted(all, 'household')}.
        {bills.length > run.billed.length && ` ${counted(bills.length - run.billed.length, 'bill')} of another period within it.`}
        {bills.length === 0 && ' There is no bill whose period lies in this month.'}
      </p>
      {together.length > 0 && <p>Together {together.join(' and ')}.</p>}
    </>
  )
}

function Without({ found: { run } }: { readonly found: Bills }): JSX.Element {
  return (
    <>
      <Pseudonyms title="Without a bill, but with something else in the period" names={run.open} />
      <Pseudonyms title="Without a bill, and with nothing in the period" names={run.silent} />
    </>
  )
}

function Pseudonyms({ title, names }: { readonly title: string; readonly names: readonly string[] }): JSX.Element | null {
  if (names.length === 0) return null
  return (
    <details class="without">
      <summary>
        {title}: {counted(names.length, 'household')}
      </summary>
      <ul>
        {names.map(name => (
          <li key={name}>
            <Breakable text={name} />
          </li>
        ))}
      </ul>
    </details>
  )
}

function TariffList({ tariffs }: { readonly tariffs: Loaded<Tariffs> }): JSX.Element {
  const { zone } = useDesk()
  return (
    <section class="panel">
      <h3>Tariffs</h3>
      <Answer of={tariffs} what="the tariffs">
        {({ tariffs: known }) =>
          known.length === 0 ? (
            <p>The store has no tariff. “pnpm node:mdms tariff add” puts one in.</p>
          ) : (
            known.map(({ tariff, text, from, until, hash }) => (
              <details key={tariff}>
                <summary>
                  {tariff}, from {moment(from, zone)} {until === undefined ? 'on' : `to ${moment(until, zone)}`}
                </summary>
                <pre class="mono">{text}</pre>
                <p class="muted">
                  SHA-256 <Breakable text={hash} />
                </p>
              </details>
            ))
          )
        }
      </Answer>
    </section>
  )
}
