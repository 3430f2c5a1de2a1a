// The supplier's desk: signing in, and the pages that the account's roles open.
import type { DeskClock, SessionInfo } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { ApiProblem, getJson, sendJson } from '../common/api-client.ts'
import { AccountsPage } from './pages/accounts-page.tsx'
import { AuditPage } from './pages/audit-page.tsx'
import { BillingPage } from './pages/billing-page.tsx'
import { HouseholdsPage } from './pages/households-page.tsx'
import { LoadPage } from './pages/load-page.tsx'
import { type DeskContext, DeskOf, sentenceOf } from './session/session.ts'
import { SignInForm } from './session/sign-in-form.tsx'
import { zoneInWords, zoneOfTariffs, zones } from './times.ts'

interface Place {
  readonly name: string
  readonly title: string
  /** Role that opens the page. */
  readonly role: string
  readonly page: () => JSX.Element
}

const PLACES: readonly Place[] = [
  { name: 'load', title: 'Load', role: 'supplier-analyst', page: LoadPage },
  { name: 'billing', title: 'Billing runs', role: 'billing', page: BillingPage },
  { name: 'households', title: 'Households', role: 'billing', page: HouseholdsPage },
  { name: 'accounts', title: 'Accounts', role: 'admin', page: AccountsPage },
  { name: 'audit', title: 'Audit', role: 'auditor', page: AuditPage }
]

type Signed = { readonly as: SessionInfo } | { readonly out: true; readonly why?: string }

/** The supplier's desk, where each person sees what the account's roles allow. */
export function Desk(): JSX.Element {
  const [signed, setSigned] = useState<Signed>()
  useEffect(() => {
    getJson<SessionInfo | null>('/api/signed-in').then(
      session => setSigned(session ? { as: session } : { out: true }),
      cause => setSigned({ out: true, why: sentenceOf(cause) })
    )
  }, [])
  if (!signed) return <p class="desk-wait">Looking for a session.</p>
  if ('out' in signed) return <SignInForm why={signed.why} signedIn={session => setSigned({ as: session })} />
  return <SignedIn session={signed.as} out={why => setSigned({ out: true, ...(why !== undefined && { why }) })} />
}

type Leave = (why?: string) => void

const ENDED = 'The session has ended. Sign in again to go on.'

/** Waits for the zones of the tariffs, since every page has days in them. */
function SignedIn({ session, out }: { readonly session: SessionInfo; readonly out: Leave }): JSX.Element {
  const [clock, setClock] = useState<DeskClock>()
  const [problem, setProblem] = useState<string>()
  useEffect(() => {
    getJson<DeskClock>('/api/clock').then(setClock, cause =>
      cause instanceof ApiProblem && cause.status === 401 ? out(ENDED) : setProblem(sentenceOf(cause))
    )
  }, [])
  if (clock) return <Opened session={session} clock={clock} out={out} />
  return <p class={problem === undefined ? 'desk-wait' : 'problem'}>{problem ?? 'Asking for the time.'}</p>
}

function Opened({ session, clock, out }: Pick<DeskContext, 'session' | 'clock'> & { readonly out: Leave }): JSX.Element {
  const [zone, setZone] = useState(zoneOfTariffs(clock))
  const [problem, setProblem] = useState<string>()
  const open = PLACES.filter(({ role }) => session.roles.includes(role))
  const place = usePlace(open)
  const context = useMemo<DeskContext>(() => ({ session, zone, clock, ended: () => out(ENDED) }), [session, zone])
  const signOut = (): void => {
    sendJson('DELETE', '/api/session', undefined, session.csrf).then(
      () => out(),
      cause => (cause instanceof ApiProblem && cause.status === 401 ? out() : setProblem(sentenceOf(cause)))
    )
  }
  const Page = place?.page
  return (
    <DeskOf.Provider value={context}>
      <a class="skip" href="#main">
        To the content
      </a>
      <header class="desk-head">
        <h1>Supplier’s desk</h1>
        <p class="desk-who">
          <span>
            Signed in as <strong>{session.account}</strong> <span class="muted">({session.roles.join(', ')})</span>
          </span>
          <button type="button" onClick={signOut}>
            Sign out
          </button>
        </p>
        {open.length > 0 && (
          <nav aria-label="Desk">
            <ul>
              {open.map(({ name, title }) => (
                <li key={name}>
                  <a href={`#${name}`} aria-current={name === place?.name ? 'page' : undefined}>
                    {title}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
        )}
        <div class="desk-zone no-print">
          <label for="zone">Time zone</label>
          <select id="zone" value={zone} onChange={event => setZone(event.currentTarget.value)}>
            {zones(clock).map(name => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
        <p class="desk-means muted">Days and times are those of {zoneInWords(zone, clock)}.</p>
      </header>
      <main id="main" tabIndex={-1}>
        <div aria-live="assertive">{problem !== undefined && <p class="problem">{problem}</p>}</div>
        {Page ? <Page key={place.name} /> : <NothingHere roles={session.roles} />}
      </main>
      <footer class="desk-foot muted">
        Of a household the desk shows a pseudonym, billing periods and bills. Readings by slot are of whole neighbourhoods only. What is
        looked at here is in the audit log.
      </footer>
    </DeskOf.Provider>
  )
}

function NothingHere({ roles }: { readonly roles: readonly string[] }): JSX.Element {
  return (
    <section class="panel">
      <h2>Nothing to see here</h2>
      <p>
        {roles.includes('customer')
          ? 'This account is a customer’s. Its consumption and bills are on the customer’s page.'
          : 'None of this account’s roles has a page here.'}
      </p>
    </section>
  )
}

/** Finds the place that the address names, or the first. */
function usePlace(open: readonly Place[]): Place | undefined {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    // Ignores the link to the content, which names no place.
    const changed = (): void => {
      if (location.hash !== '#main') setHash(location.hash)
    }
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  }, [])
  const place = open.find(({ name }) => hash === `#${name}`) ?? open[0]
  useEffect(() => {
    document.title = `${place ? `${place.title} · ` : ''}Supplier’s desk · Hushgrid`
  }, [place?.title])
  return place
}
