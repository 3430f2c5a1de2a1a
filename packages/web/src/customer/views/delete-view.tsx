// "Delete": readings at the supplier, or the account.
import type { AccountDeleted, ReadingsDeleted } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { serverTime } from '../figures/when.ts'
import { sentenceOf } from '../use-loaded.ts'
import { Heading, ProblemText, Question, ServerKnows } from './parts.tsx'
import type { ViewProps } from './view-props.ts'

/** Deletes the supplier's copies of the readings, or the whole account. */
export function DeleteView({ household, focus, onEnded }: ViewProps): JSX.Element {
  const [asked, setAsked] = useState<'readings' | 'account'>()
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [done, setDone] = useState<number>()
  const [said, setSaid] = useState('')
  const [problem, setProblem] = useState<string>()

  async function perform(what: () => Promise<void>): Promise<void> {
    setBusy(true)
    setProblem(undefined)
    try {
      await what()
    } catch (cause) {
      setProblem(sentenceOf(cause))
    } finally {
      setBusy(false)
      setAsked(undefined)
      setPassword('')
      setDone(undefined)
    }
  }

  async function deleteReadings(): Promise<void> {
    const { batches } = await household.send<ReadingsDeleted>('DELETE', '/readings', {})
    household.forgetBatches()
    setSaid(`The supplier has deleted ${counted(batches, 'batch', 'batches')} of encrypted readings.`)
  }

  async function deleteAccount(): Promise<void> {
    const proof = await household.proveAgain(password, setDone)
    const { batches, bills, billsUntil } = await household.send<AccountDeleted>('DELETE', '/account', { proof })
    const stay =
      bills === 0
        ? 'No bill stays.'
        : `${counted(bills, 'bill stays', 'bills stay')}${billsUntil === undefined ? '' : `, until ${serverTime(billsUntil, household.zone)} at the latest`}.`
    onEnded(`Your account is deleted, with its keys and ${counted(batches, 'batch', 'batches')} of encrypted readings. ${stay}`)
  }

  function close(): void {
    setAsked(undefined)
    setPassword('')
  }

  return (
    <>
      <Heading focus={focus}>Delete</Heading>
      <p>
        Both of these are final. Nobody can bring back what is deleted; <a href="#/export">export your data</a> first where you want to keep
        it.
      </p>
      <ProblemText text={problem} />
      <p role="status">{said}</p>
      <Choices choose={setAsked} />
      {asked === 'readings' && (
        <Question
          title="Delete your readings?"
          yes="Delete readings"
          danger
          busy={busy}
          onYes={() => void perform(deleteReadings)}
          onNo={close}
        >
          <p>
            The supplier has {counted(household.batches.value.length, 'batch', 'batches')} of encrypted readings of yours. They are deleted
            for good, and this page can then no longer show them or compute your bills.
          </p>
        </Question>
      )}
      {asked === 'account' && (
        <Question
          title="Delete your account?"
          yes="Delete account"
          danger
          busy={busy}
          onYes={() => void perform(deleteAccount)}
          onNo={close}
        >
          <PasswordAgain account={household.session.account} password={password} setPassword={setPassword} busy={busy} done={done} />
        </Question>
      )}
      <ServerKnows>
        after the first, nothing of your readings, not even encrypted; after the second, nothing of you but the bills that the law makes it
        keep.
      </ServerKnows>
    </>
  )
}

/** Offers the deletions, each with its consequences. */
function Choices({ choose }: { readonly choose: (what: 'readings' | 'account') => void }): JSX.Element {
  return (
    <>
      <section class="panel" aria-labelledby="readings">
        <h2 id="readings">Readings at the supplier</h2>
        <p>The supplier’s copies of your encrypted readings go. Your account, your meter’s keys and your bills stay.</p>
        <button type="button" class="danger" onClick={() => choose('readings')}>
          Delete my readings …
        </button>
      </section>
      <section class="panel" aria-labelledby="whole">
        <h2 id="whole">The whole account</h2>
        <p>
          Your account, its wrapped keys, your consents and all encrypted readings go, and you are signed out. Bills stay as long as the
          supplier has to keep them.
        </p>
        <button type="button" class="danger" onClick={() => choose('account')}>
          Delete my account …
        </button>
      </section>
    </>
  )
}

interface PasswordAgainProps {
  readonly account: string
  readonly password: string
  readonly setPassword: (password: string) => void
  readonly busy: boolean
  /** Progress of the proof, from 0 to 1. */
  readonly done: number | undefined
}

/** Asks for the password once more, from which the proof is made. */
function PasswordAgain({ account, password, setPassword, busy, done }: PasswordAgainProps): JSX.Element {
  return (
    <>
      <p>To be sure that it is you, enter your password once more. As before, it does not leave this machine.</p>
      {/* For password managers. */}
      <input type="text" autocomplete="username" value={account} readOnly hidden />
      <div class="field">
        <label for="again">Password</label>
        <input
          id="again"
          type="password"
          autocomplete="current-password"
          required
          disabled={busy}
          value={password}
          onInput={event => setPassword(event.currentTarget.value)}
        />
      </div>
      <div role="status">
        {busy && (
          <>
            <label for="proving">Making the proof from your password</label>
            <progress id="proving" {...(done !== undefined && { value: done })} max={1} />
          </>
        )}
      </div>
    </>
  )
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`
}
