import type { SessionInfo } from '@hushgrid/web-api'
import type { JSX, TargetedSubmitEvent } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { sendJson } from '../../common/api-client.ts'
import { sentenceOf } from './session.ts'

interface Props {
  /** Reason why the person is to sign in again. */
  readonly why: string | undefined
  readonly signedIn: (session: SessionInfo) => void
}

export function SignInForm({ why, signedIn }: Props): JSX.Element {
  const [problem, setProblem] = useState<string | undefined>(why)
  const [busy, setBusy] = useState(false)
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => first.current?.focus(), [])
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setProblem(undefined)
    sendJson<SessionInfo>('POST', '/api/session', { account: form.get('account'), password: form.get('password') }).then(
      signedIn,
      cause => {
        setProblem(sentenceOf(cause))
        setBusy(false)
      }
    )
  }
  return (
    <main class="sign-in">
      <h1>Supplier’s desk</h1>
      <p class="muted">Load of neighbourhoods, billing runs, accounts and the audit log, as your account’s roles allow.</p>
      <form class="panel" onSubmit={submit}>
        <div class="field">
          <label for="account">Account</label>
          <input id="account" name="account" ref={first} autocomplete="username" autocapitalize="none" spellcheck={false} required />
        </div>
        <div class="field">
          <label for="password">Password</label>
          <input id="password" name="password" type="password" autocomplete="current-password" required />
        </div>
        <div aria-live="assertive">{problem !== undefined && <p class="problem">{problem}</p>}</div>
        <button type="submit" class="primary" disabled={busy}>
          {busy ? 'Signing in' : 'Sign in'}
        </button>
      </form>
    </main>
  )
}
