// The customer's page: its views, and the choice of the open one.
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { momentText } from './figures/when.ts'
import type { Household } from './keeper/household.ts'
import { sentenceOf } from './use-loaded.ts'
import { BillsView } from './views/bills-view.tsx'
import { ConsentView } from './views/consent-view.tsx'
import { DeleteView } from './views/delete-view.tsx'
import { EnergyView } from './views/energy-view.tsx'
import { ExportView } from './views/export-view.tsx'
import { PasswordView } from './views/password-view.tsx'
import { SeenView } from './views/seen-view.tsx'
import { SignIn } from './views/sign-in.tsx'

const VIEWS = [
  { path: 'energy', name: 'Your energy', View: EnergyView },
  { path: 'bills', name: 'Bills', View: BillsView },
  { path: 'seen', name: 'What the supplier sees', View: SeenView },
  { path: 'consent', name: 'Consent', View: ConsentView },
  { path: 'export', name: 'Export', View: ExportView },
  { path: 'password', name: 'Password', View: PasswordView },
  { path: 'delete', name: 'Delete', View: DeleteView }
] as const

function pathNow(): string {
  return location.hash.replace(/^#\/?/, '')
}

/** The page: signing in, and then one view at a time, by the address's hash. */
export function App(): JSX.Element {
  const [household, setHousehold] = useState<Household>()
  const [notice, setNotice] = useState<string>()
  const [path, setPath] = useState(pathNow())
  const [moved, setMoved] = useState(false)

  function leave(text: string): void {
    household?.end()
    setHousehold(undefined)
    setNotice(text)
    setMoved(true)
  }

  useEffect(() => {
    const changed = (): void => {
      setPath(pathNow())
      setMoved(true)
    }
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  }, [])

  useEffect(() => household?.ended.subscribe(why => why !== undefined && leave(why)), [household])

  const { path: current, name, View } = VIEWS.find(view => view.path === path) ?? VIEWS[0]
  useEffect(() => {
    document.title = `${household ? name : 'Sign in'} · Hushgrid`
  }, [name, household])

  if (!household)
    return (
      <SignIn
        notice={notice}
        focus={moved}
        onSignedIn={signedIn => {
          setNotice(undefined)
          setMoved(true)
          setHousehold(signedIn)
        }}
      />
    )

  async function signOut(): Promise<void> {
    try {
      const gone = household?.signOut()
      leave('You are signed out. Your keys and readings are gone from this page.')
      await gone
    } catch (cause) {
      setNotice(`Your keys and readings are gone from this page, but the server did not end the session: ${sentenceOf(cause)}`)
    }
  }

  return (
    <>
      <button type="button" class="skip" onClick={() => document.querySelector('h1')?.focus()}>
        To the content
      </button>
      <header class="top">
        <p class="brand">Hushgrid</p>
        <nav aria-label="Views">
          <ul class="views">
            {VIEWS.map(view => (
              <li key={view.path}>
                <a href={`#/${view.path}`} aria-current={view.path === current ? 'page' : undefined}>
                  {view.name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <p class="who">
          <span class="muted">Signed in as </span>
          <strong>{household.session.account}</strong>{' '}
          <button type="button" onClick={() => void signOut()}>
            Sign out
          </button>
        </p>
        <p class="means muted">
          Times and days are those of {household.zone}, as this device is set. Readings fetched{' '}
          {momentText(household.now.value, household.zone)}, by the supplier’s clock.
        </p>
      </header>
      <main id="main" key={current}>
        <View household={household} focus={moved} onEnded={leave} />
      </main>
    </>
  )
}
