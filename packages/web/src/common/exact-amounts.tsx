// Amounts as currency, each with its exact digits on demand.
import type { Money } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { amountText, exactText } from './money.ts'

/** The button that shows the exact digits beside all amounts of a table. */
export function ExactSwitch({ on, set }: { readonly on: boolean; readonly set: (on: boolean) => void }): JSX.Element {
  return (
    <button type="button" class="no-print" aria-pressed={on} onClick={() => set(!on)}>
      Exact amounts
    </button>
  )
}

interface AmountProps {
  /** Exact amount in the tariff's unit. */
  readonly amount: bigint
  readonly money: Money
  /** Rounded amount by the tariff's own rule, where it is one to pay. */
  readonly rounded?: string
  readonly exact: boolean
}

/** An amount as currency; its exact digits are its title, and stand below it where they are wanted. */
export function Amount({ amount, money, rounded, exact }: AmountProps): JSX.Element {
  const all = exactText(amount, money)
  return (
    <span class="amount" title={`exactly ${all}`}>
      {rounded ?? amountText(amount, money)}
      {exact && <span class="muted exact">{all}</span>}
    </span>
  )
}
