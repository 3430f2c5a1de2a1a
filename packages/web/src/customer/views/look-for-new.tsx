import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Household } from '../keeper/household.ts'
import { sentenceOf } from '../use-loaded.ts'
import { ProblemText } from './parts.tsx'

/** Fetches what the meter has sent since, when the customer asks for it. */
export function LookForNew({ household }: { readonly household: Household }): JSX.Element {
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState('')
  const [problem, setProblem] = useState<string>()

  async function look(): Promise<void> {
    setBusy(true)
    setProblem(undefined)
    setSaid('Looking …')
    try {
      setSaid(foundText(await household.fetchBatches()))
    } catch (cause) {
      setSaid('')
      setProblem(sentenceOf(cause))
    } finally {
      setBusy(false)
    }
  }

  return (
    <>
      <div class="actions">
        <button type="button" aria-disabled={busy} onClick={() => !busy && void look()}>
          Look for new readings
        </button>{' '}
        <span role="status">{said}</span>
      </div>
      <ProblemText text={problem} />
    </>
  )
}

function foundText(fresh: number): string {
  if (fresh === 0) return 'Nothing new: all that the server has is here.'
  return fresh === 1 ? 'One new batch of readings.' : `${fresh} new batches of readings.`
}
