// "Consent": the customer's consents.
import type { ConsentPurpose, Consents } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { serverTime } from '../figures/when.ts'
import { sentenceOf, useLoaded } from '../use-loaded.ts'
import { Heading, ProblemText, Question, ServerKnows } from './parts.tsx'
import type { ViewProps } from './view-props.ts'

type Consent = Consents['consents'][number]

const NAMES: Readonly<Record<ConsentPurpose, string>> = { 'keep-readings': 'Keeping your encrypted readings' }

/** Shows the customer's consents and lets them be changed. */
export function ConsentView({ household, focus }: ViewProps): JSX.Element {
  const loaded = useLoaded(async () => (await household.get<Consents>('/consents')).consents, household)
  const [changed, setChanged] = useState<readonly Consent[]>()
  const [asked, setAsked] = useState<Consent>()
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const consents = changed ?? loaded.value

  async function change({ purpose, given }: Consent): Promise<void> {
    setBusy(true)
    setProblem(undefined)
    try {
      setChanged((await household.send<Consents>('PUT', '/consents', { purpose, given: !given })).consents)
      // Forgets the batches, since a withdrawal deletes the supplier's copies at once.
      if (purpose === 'keep-readings' && given) household.forgetBatches()
      setSaid(`${nameOf(purpose)}: ${given ? 'your consent is withdrawn' : 'you have given your consent'}.`)
    } catch (cause) {
      setProblem(sentenceOf(cause))
    } finally {
      setBusy(false)
      setAsked(undefined)
    }
  }

  return (
    <>
      <Heading focus={focus}>Consent</Heading>
      <p>What your supplier may do only because you let it. You can change your mind at any time.</p>
      <ProblemText text={problem ?? loaded.problem} />
      <p role="status">{said}</p>
      {!consents && loaded.problem === undefined && <p>Fetching your consents …</p>}
      {consents?.length === 0 && <p>Your supplier asks for no consent.</p>}
      {consents?.map(consent => (
        <section class="panel" key={consent.purpose} aria-labelledby={consent.purpose}>
          <h2 id={consent.purpose}>{nameOf(consent.purpose)}</h2>
          <p>{consent.explained}</p>
          <p>
            <strong class={consent.given ? 'good' : 'warn'}>{consent.given ? 'Given' : 'Not given'}</strong>
            {consent.since === undefined
              ? ', as your contract has it: you have not said anything yet.'
              : `, since ${serverTime(consent.since, household.zone)}.`}
          </p>
          <button type="button" onClick={() => setAsked(consent)}>
            {consent.given ? 'Withdraw consent' : 'Give consent'}
          </button>
        </section>
      ))}
      {asked && (
        <Question
          title={asked.given ? 'Withdraw your consent?' : 'Give your consent?'}
          yes={asked.given ? 'Withdraw consent' : 'Give consent'}
          danger={asked.given}
          busy={busy}
          onYes={() => void change(asked)}
          onNo={() => setAsked(undefined)}
        >
          <p>
            <strong>{nameOf(asked.purpose)}.</strong> {asked.explained}
          </p>
        </Question>
      )}
      <ServerKnows>what you consent to, and since when. It needs that to act on it.</ServerKnows>
    </>
  )
}

/** Names a purpose; a newer server may ask for one that this page has no name for. */
function nameOf(purpose: ConsentPurpose): string {
  return NAMES[purpose] ?? purpose
}
