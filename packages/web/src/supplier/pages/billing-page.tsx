// The page of billing runs.
import type { Bills, DeskClock, Networks, Tariffs } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { BillsTable } from '../parts/bills-table.tsx'
import { Answer, NetworkChoice, NO_NETWORK } from '../parts/parts.tsx'
import { type Loaded, useDesk, useJson } from '../session/session.ts'
import { addMonths, dateOf, instant, isMonth, moment, monthInWords, startOfMonth } from '../times.ts'
import { counted } from '../words.ts'

export function BillingPage(): JSX.Element {
  const networks = useJson<Networks>('/api/networks')
  const clock = useJson<DeskClock>('/api/clock')
  const tariffs = useJson<Tariffs>('/api/tariffs')
  const [chosen, choose] = useState<string>()
  return (
    <>
      <h2>Billing runs</h2>
      <Answer of={networks} what="the neighbourhoods">
        {known => {
          const network = known.find(each => each.network === chosen)?.network ?? known[0]?.network
          if (network === undefined) return <p class="panel">{NO_NETWORK}</p>
          const choice = known.length > 1 && <NetworkChoice networks={known} network={network} choose={choose} />
          return (
            <Answer of={clock} what="the time">
              {({ now }) => (
                <Answer of={tariffs} what="the tariffs">
                  {found => <Run key={network} network={network} now={now} tariffs={found} choice={choice} />}
                </Answer>
              )}
            </Answer>
          )
        }}
      </Answer>
      <TariffList tariffs={tariffs} />
    </>
  )
}

/** Shows the bills of a month, at first of the last that is over. */
function Run({
  network,
  now,
  tariffs,
  choice
}: {
  readonly network: string
  readonly now: string
  readonly tariffs: Tariffs
  readonly choice: JSX.Element | false
}): JSX.Element {
  const desk = useDesk()
  const zone = zoneOf(tariffs) ?? desk.zone
  const [month, setMonth] = useState(() => addMonths(dateOf(Date.parse(now), zone).slice(0, 7), -1))
  const [from, until] = [startOfMonth(month, zone), startOfMonth(addMonths(month, 1), zone)]
  const range = new URLSearchParams({ from: instant(from), until: instant(until) })
  const bills = useJson<Bills>(`/api/networks/${encodeURIComponent(network)}/bills?${range}`)
  return (
    <>
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
              <Without found={found} />
            </>
          )}
        </Answer>
      </section>
    </>
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
          <li key={name} class="mono">
            {name}
          </li>
        ))}
      </ul>
    </details>
  )
}

/** Finds the time zone whose months the tariffs charge by; undefined where they do not agree. */
function zoneOf({ tariffs }: Tariffs): string | undefined {
  const named = new Set(tariffs.flatMap(({ timeZone }) => timeZone ?? []))
  return named.size === 1 ? [...named][0] : undefined
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
                <p class="muted mono">SHA-256 {hash}</p>
              </details>
            ))
          )
        }
      </Answer>
    </section>
  )
}
