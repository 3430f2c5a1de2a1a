import type { LabLine } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import type { LabStore } from '../state/lab-store.ts'

const SIGNS: Readonly<Record<LabLine['kind'], string>> = { note: '·', warning: '! warning', attack: '■ attack' }
const TONES: Readonly<Record<LabLine['kind'], string>> = { note: 'muted', warning: 'warn', attack: 'bad' }

/** Lists the events, the newest first. */
export function LogPanel({ store }: { readonly store: LabStore }): JSX.Element {
  const lines = store.log.value
  return (
    <section class="panel log-panel" aria-labelledby="log-heading">
      <h2 id="log-heading">Log</h2>
      {lines.length === 0 && <p class="muted">Nothing yet.</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is to be reached by the keyboard */}
      <section class="scroll log" tabIndex={0} aria-label="Log, newest first">
        <ol class="feed">
          {lines.toReversed().map(({ at, kind, text }, i) => (
            <li key={lines.length - i}>
              <time class="muted" dateTime={at}>
                {at.slice(11, 19)}
              </time>{' '}
              <span class={TONES[kind]}>{SIGNS[kind]}</span> {text}
            </li>
          ))}
        </ol>
      </section>
    </section>
  )
}
