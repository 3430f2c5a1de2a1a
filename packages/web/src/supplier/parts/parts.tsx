// Small pieces of the desk's pages.

import type { Networks } from '@hushgrid/web-api'
import type { ComponentChildren, JSX } from 'preact'
import { ScrollTable } from '../../common/scroll-table.tsx'
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

/** Choice of all neighbourhoods; no neighbourhood is called so, since a name has no blank at its end. */
export const ALL = ' '

/** Gives the path of a neighbourhood's routes. */
export function pathOf(network: string): string {
  return `/api/networks/${encodeURIComponent(network)}`
}

export function NetworkChoice({
  networks,
  network,
  choose,
  beside = false
}: {
  readonly networks: Networks
  readonly network: string
  readonly choose: (network: string) => void
  /** True where all can be looked at side by side. */
  readonly beside?: boolean
}): JSX.Element {
  return (
    <div class="field">
      <label for="network">Neighbourhood</label>
      <select id="network" value={network} onChange={event => choose(event.currentTarget.value)}>
        {networks.map(each => (
          <option key={each.network} value={each.network}>
            {each.network}
          </option>
        ))}
        {beside && <option value={ALL}>all, side by side</option>}
      </select>
    </div>
  )
}

/** Renders a table that scrolls by itself where it is too wide, and that the keyboard reaches. */
export function Table({
  caption,
  heads,
  tall = false,
  class: kind,
  children
}: {
  readonly caption: string
  /** Headings; one that begins with `#` sets its column's numbers to the right. */
  readonly heads: readonly string[]
  readonly tall?: boolean
  readonly class?: string
  readonly children: ComponentChildren
}): JSX.Element {
  return (
    <ScrollTable caption={caption} tall={tall} {...(kind !== undefined && { class: kind })}>
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
    </ScrollTable>
  )
}

export const NO_NETWORK = 'The store has no neighbourhood yet. One appears with the first result that its node takes.'
