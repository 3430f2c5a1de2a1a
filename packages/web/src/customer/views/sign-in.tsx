// The form that signs a customer in.
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { ApiProblem } from '../../common/api-client.ts'
import { Household, type SignInStep } from '../keeper/household.ts'
import { KeeperClient } from '../keeper/keeper-client.ts'
import { sentenceOf } from '../use-loaded.ts'
import { Heading, ProblemText } from './parts.tsx'

interface SignInProps {
  /** Reason why the customer is here again. */
  readonly notice: string | undefined
  readonly focus: boolean
  readonly onSignedIn: (household: Household) => void
}

/** Asks for account and password. Hands the password to the keeper and to nobody else. */
export function SignIn({ notice, focus, onSignedIn }: SignInProps): JSX.Element {
  const [step, setStep] = useState<SignInStep>()
  const [problem, setProblem] = useState<string>()
  const keeper = useRef<KeeperClient>(undefined)
  const password = useRef<HTMLInputElement>(null)

  // Waits until the field can be used again.
  useEffect(() => {
    if (problem !== undefined && !step) password.current?.focus()
  }, [problem, step])

  async function signIn(form: HTMLFormElement): Promise<void> {
    const fields = new FormData(form)
    const made = new KeeperClient()
    keeper.current = made
    setProblem(undefined)
    try {
      const account = String(fields.get('account')).trim().toLowerCase()
      onSignedIn(await Household.signIn(made, account, String(fields.get('password')), setStep))
    } catch (cause) {
      made.end()
      const cancelled = keeper.current !== made
      setProblem(cancelled ? 'Signing in was cancelled.' : problemOf(cause))
      setStep(undefined)
    }
  }

  function cancel(): void {
    const under = keeper.current
    keeper.current = undefined
    under?.end()
  }

  return (
    <main class="sign-in" id="main">
      <Heading focus={focus}>Your energy</Heading>
      <p>See what your household uses, check your bills, and see exactly what your supplier can see.</p>
      {notice !== undefined && <p role="status">{notice}</p>}
      <form
        class="panel"
        onSubmit={event => {
          event.preventDefault()
          void signIn(event.currentTarget)
        }}
      >
        <div class="field">
          <label for="account">Account</label>
          <input id="account" name="account" autocomplete="username" autocapitalize="none" spellcheck={false} required disabled={!!step} />
        </div>
        <div class="field">
          <label for="password">Password</label>
          <input id="password" name="password" type="password" autocomplete="current-password" required ref={password} disabled={!!step} />
        </div>
        <div class="actions">
          {/* Keys, since a click on the one must not become a click on the other that takes its place. */}
          {step ? (
            <button type="button" key="cancel" onClick={cancel}>
              Cancel
            </button>
          ) : (
            <button type="submit" key="sign-in" class="primary">
              Sign in
            </button>
          )}
        </div>
        <div role="status">
          {step && (
            <>
              <label for="progress">{step.what}</label>
              <progress id="progress" {...(step.done !== undefined && { value: step.done })} max={1} />
            </>
          )}
        </div>
        <ProblemText text={problem} />
      </form>
      <h2>Where your password goes</h2>
      <p>
        Nowhere. This page makes a key of it on this machine, which takes a second or two on purpose: it makes guessing slow. A proof
        derived from that key signs you in; neither password nor key is ever sent. They are kept in memory until you sign out or close the
        page.
      </p>
    </main>
  )
}

/** Words a refused sign-in, since no server says whether the account or the password is wrong. */
function problemOf(cause: unknown): string {
  if (cause instanceof ApiProblem && cause.status === 401) return 'There is no such account, or it has another password.'
  return sentenceOf(cause)
}
