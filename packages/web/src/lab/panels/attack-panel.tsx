import type { JSX } from 'preact'
import { listOf, showTime } from '../state/figures.ts'
import type { LabStore } from '../state/lab-store.ts'
import { refusalsOf } from './attack.ts'

const METERS_NAMED = 12

/** Shows the attack that recovery would invite, and the refusals that it meets. */
export function AttackPanel({ store }: { readonly store: LabStore }): JSX.Element {
  const refusals = refusalsOf(store.slots.value, store.open.value)
  const lines = store.log.value.filter(({ kind }) => kind === 'attack').toReversed()
  return (
    <section class="panel attack" aria-labelledby="attack-heading">
      <h2 id="attack-heading">What asking twice meets</h2>
      <p class="muted">
        An aggregator that had all masks of one meter would have its reading. So it names one half of its neighbours as missing to some
        meters, and the other half to the others, to be given both halves. A meter answers one request a slot; who is named and has
        submitted disputes it; both requests together are proof. The button is beside the chosen meter.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is to be reached by the keyboard */}
      <section class="attack-lists" tabIndex={0} aria-label="What the attack meets">
        <ol class="feed" aria-label="Refusals and disputes, newest first" aria-live="polite" aria-relevant="additions">
          {refusals.map(({ slot, start, households, reason }) => (
            <li key={`${slot} ${reason}`}>
              <span class="muted">{showTime(start)}</span>{' '}
              <span class="good">
                ■ {households.length === 1 ? 'meter' : `${households.length} meters:`} {listOf(households, METERS_NAMED)}
              </span>{' '}
              {reason}
            </li>
          ))}
        </ol>
        {refusals.length === 0 && <p class="muted">No refusal in the slots that are shown.</p>}
        <ol class="feed" aria-label="The attack, newest first">
          {lines.map(({ at, text }) => (
            <li key={at + text}>
              <span class="muted">{at.slice(11, 19)}</span> {text}
            </li>
          ))}
        </ol>
      </section>
    </section>
  )
}
