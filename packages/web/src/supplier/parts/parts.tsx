// Small pieces of the desk's pages.

import type { Networks } from '@hushgrid/web-api'
import type { ComponentChildren, JSX } from 'preact'
import type { Loaded } from '../session/session.ts'

/** Shows the answer to a request: the content, a sentence on its failure, or that it is being waited for. */
export function Answer<T>({
  of,
  what,
  children
}: {
  readonly of: Loaded<T>
  readonly what: string
  readonly children: (value: T) => ComponentChildren
}): JSX.Element {
  return (
    <div class="answer">
      <div aria-live="polite">
        {of.problem !== undefined && (
          <p class="problem">
            {of.problem}{' '}
            <button type="button" onClick={of.again}>
              Try again
            </button>
          </p>
        )}
        {of.problem === undefined && of.value === undefined && <p class="muted waiting">Asking for {what}.</p>}
      </div>
      {of.value !== undefined && children(of.value)}
    </div>
  )
}

export function NetworkChoice({
  networks,
  network,
  choose
}: {
  readonly networks: Networks
  readonly network: string
  readonly choose: (network: string) => void
}): JSX.Element {
  return (
    <div class="field">
      <label for="network">Neighbourhood</label>
      <select id="network" value={network} onChange={event => choose(event.currentTarget.value)}>
        {networks.map(each => (
          <option key={each.network}>{each.network}</option>
        ))}
      </select>
    </div>
  )
}

/** Renders a table that scrolls by itself where it is too wide, and that the keyboard reaches. */
export function Table({
  caption,
  heads,
  children
}: {
  readonly caption: string
  /** Headings; one that begins with `#` sets its column's numbers to the right. */
  readonly heads: readonly string[]
  readonly children: ComponentChildren
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is to be reached by the keyboard
    <section class="scroll" tabIndex={0} aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {heads.map(head => (
              <th key={head} scope="col" class={head.startsWith('#') ? 'number' : undefined}>
                {head.replace('#', '')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  )
}

export const NO_NETWORK = 'The store has no neighbourhood yet. One appears with the first result that its node takes.'
