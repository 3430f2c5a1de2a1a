// "Password": a new one in the place of the present one.
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { ApiProblem } from '../../common/api-client.ts'
import { sentenceOf } from '../use-loaded.ts'
import { Heading, ProblemText, ServerKnows } from './parts.tsx'
import type { ViewProps } from './view-props.ts'

const FIELDS = [
  { name: 'current', label: 'Present password', complete: 'current-password' },
  { name: 'password', label: 'New password', complete: 'new-password' },
  { name: 'again', label: 'New password once more', complete: 'new-password' }
] as const

/** Changes the password, which wraps the meters' keys anew. */
export function PasswordView({ household, focus }: ViewProps): JSX.Element {
  const [done, setDone] = useState<number>()
  const [said, setSaid] = useState('')
  const [problem, setProblem] = useState<string>()

  async function change(form: HTMLFormElement): Promise<void> {
    const given = new FormData(form)
    const [current, password, again] = FIELDS.map(({ name }) => String(given.get(name))) as [string, string, string]
    setSaid('')
    setProblem(password === again ? undefined : 'The two new passwords are not the same. Nothing was done.')
    if (password !== again) return
    setDone(0)
    try {
      await household.changePassword(current, password, setDone)
      form.reset()
      setSaid('Your password is changed. Everywhere else you are signed out.')
    } catch (cause) {
      setProblem(problemOf(cause))
    } finally {
      setDone(undefined)
    }
  }

  const busy = done !== undefined
  return (
    <>
      <Heading focus={focus}>Password</Heading>
      <p>
        A new password wraps the keys of your meters anew, on this machine. Whoever is signed in to your account elsewhere is signed out.
        The folder of your own device keeps its old password until you change it there.
      </p>
      <form
        class="panel"
        onSubmit={event => {
          event.preventDefault()
          void change(event.currentTarget)
        }}
      >
        {/* For password managers. */}
        <input type="text" autocomplete="username" value={household.session.account} readOnly hidden />
        {FIELDS.map(({ name, label, complete }) => (
          <div class="field" key={name}>
            <label for={name}>{label}</label>
            <input id={name} name={name} type="password" autocomplete={complete} required disabled={busy} />
          </div>
        ))}
        <div class="actions">
          <button type="submit" class="primary" disabled={busy}>
            Change password
          </button>
        </div>
        <div role="status">
          {busy && (
            <>
              <label for="changing">Making your keys from both passwords, on this machine only</label>
              <progress id="changing" value={done} max={1} />
            </>
          )}
          {said}
        </div>
        <ProblemText text={problem} />
      </form>
      <ServerKnows>that your password was changed, and when. It never has either of them.</ServerKnows>
    </>
  )
}

/** Says what to do where the answer of the server is not known. */
function problemOf(cause: unknown): string {
  const isUnknown = cause instanceof ApiProblem && (cause.status === 0 || cause.status >= 500)
  return isUnknown ? `${cause.message} Whether your password is changed is not known: enter the same once more.` : sentenceOf(cause)
}
