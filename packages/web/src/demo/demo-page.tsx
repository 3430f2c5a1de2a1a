// The demonstration's start page: its three pages, what to try, and the accounts.
import type { DemoAccount, DemoState } from '@hushgrid/web-api'
import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { ApiProblem, getJson } from '../common/api-client.ts'

/** Shows the demonstration; without the token of its address it says where that is to be had. */
export function DemoPage({ token }: { readonly token: string }): JSX.Element {
  const state = useSignal<DemoState | undefined>(undefined)
  const problem = useSignal('')
  useEffect(() => {
    if (token === '') return
    getJson<DemoState>('/api/demo', undefined, token).then(
      answer => (state.value = answer),
      (cause: unknown) => {
        if (!(cause instanceof ApiProblem)) throw cause
        problem.value = cause.status === 403 ? WRONG_TOKEN : cause.message
      }
    )
  }, [token])
  const said = token === '' ? NO_TOKEN : problem.value
  return (
    <main>
      <header>
        <h1>Hushgrid: the whole system on this machine</h1>
        <p class="demo-what">
          {state.value
            ? `A neighbourhood of ${state.value.members} meters, its supplier and its customers, with ${monthOf(state.value.period)} behind them. All of it is made up, and nothing is kept when the demonstration ends.`
            : 'A neighbourhood, its supplier and its customers, with a month behind them.'}
        </p>
      </header>
      {said !== '' && (
        <p class="problem" role="alert">
          {said}
        </p>
      )}
      {state.value && <Parts state={state.value} />}
    </main>
  )
}

const NO_TOKEN =
  'The accounts are shown to whoever has this page’s whole address, which ends in # and a token: “pnpm demo --accounts” prints it.'
const WRONG_TOKEN = 'This address is of another demonstration: “pnpm demo --accounts” prints the one of this.'

function monthOf(period: string): string {
  return new Date(`${period}-01T12:00:00Z`).toLocaleDateString('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })
}

function Parts({ state }: { readonly state: DemoState }): JSX.Element {
  const { pages, desk, customers, timeZone } = state
  const [first] = customers
  const of = (what: string): string => desk.find(each => each.for.startsWith(what))?.account ?? ''
  return (
    <>
      <nav class="doors" aria-label="Pages">
        <Door href={pages.lab} title="The neighbourhood">
          The ring of meters as it is now: what a household used, what leaves the house, and the total.
        </Door>
        <Door href={pages.desk} title="The supplier’s desk">
          Load, forecast, billing runs and the audit log; no household’s reading.
        </Door>
        <Door href={pages.customers} title="The customers’ page">
          Own readings, decrypted in the browser, and the bill of last month.
        </Door>
      </nav>
      <section class="panel" aria-labelledby="try-heading">
        <h2 id="try-heading">Try this</h2>
        <ol>
          <li>
            In <a href={pages.lab}>the neighbourhood</a> crash a meter, and see the next total come without it; then have the aggregator ask
            twice.
          </li>
          <li>
            At <a href={pages.desk}>the desk</a> look at the day’s load as <b>{of('load')}</b>, and check a bill step by step as{' '}
            <b>{of('billing')}</b>.
          </li>
          <li>
            On <a href={pages.customers}>the customers’ page</a> sign in as <b>{first?.account}</b>, and compare what you see of a day with
            what the supplier has of it.
          </li>
        </ol>
      </section>
      <div class="accounts">
        <Accounts title="Accounts of the desk" accounts={desk} use="for" />
        <Accounts title="Accounts of customers" accounts={customers} use="bill of last month" note={`Days are those of ${timeZone}.`} />
      </div>
    </>
  )
}

interface DoorProps {
  readonly href: string
  readonly title: string
  readonly children: ComponentChildren
}

function Door({ href, title, children }: DoorProps): JSX.Element {
  return (
    <div class="panel door">
      <h2>
        <a href={href}>{title}</a>
      </h2>
      <p>{children}</p>
      <p class="mono muted">{href}</p>
    </div>
  )
}

interface AccountsProps {
  readonly title: string
  readonly accounts: readonly DemoAccount[]
  /** Heading of the last column. */
  readonly use: string
  readonly note?: string
}

function Accounts({ title, accounts, use, note }: AccountsProps): JSX.Element {
  return (
    <section class="panel">
      <h2>{title}</h2>
      {note !== undefined && <p class="muted">{note}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is to be reached by the keyboard */}
      <section class="scroll account-rows" tabIndex={0} aria-label={title}>
        <table>
          <thead>
            <tr>
              <th scope="col">account</th>
              <th scope="col">password</th>
              <th scope="col">{use}</th>
            </tr>
          </thead>
          <tbody>
            {accounts.map(({ account, password, for: what }) => (
              <tr key={account}>
                <th scope="row">{account}</th>
                <td class="mono password">{password}</td>
                <td>{what}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  )
}
