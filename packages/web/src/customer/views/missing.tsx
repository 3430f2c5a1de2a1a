import type { JSX } from 'preact'
import type { Missing as Run } from '../figures/energy.ts'
import { momentText } from '../figures/when.ts'

const MOST = 20

/** Lists the slots without a reading, with the reasons. Shows nothing where none is missing. */
export function Missing({ runs, zone }: { readonly runs: readonly Run[]; readonly zone: string }): JSX.Element | null {
  const [gaps, absent] = [runs.filter(({ why }) => why === 'gap'), runs.filter(({ why }) => why === 'absent')]
  if (runs.length === 0) return null
  return (
    <div class="missing">
      <Runs title="Your meter says that it has no reading" runs={gaps} zone={zone} />
      <Runs title="There are no readings that this page can use" runs={absent} zone={zone} />
      <p class="muted">What is missing is left out of the totals; it does not count as zero.</p>
    </div>
  )
}

function Runs({ title, runs, zone }: { readonly title: string; readonly runs: readonly Run[]; readonly zone: string }): JSX.Element | null {
  if (runs.length === 0) return null
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {runs.slice(0, MOST).map(({ from, until, slots }) => (
          <li key={from}>
            {momentText(from, zone)} to {momentText(until, zone)} ({slots} {slots === 1 ? 'slot' : 'slots'})
          </li>
        ))}
        {runs.length > MOST && <li>and {runs.length - MOST} more times</li>}
      </ul>
    </>
  )
}
