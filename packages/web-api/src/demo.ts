// The API of the demonstration's start page. Its answer holds passwords: it asks for the token in the page's address.

/** Account of a person who may sign in. */
export interface DemoAccount {
  readonly account: string
  readonly password: string
  readonly for: string
}

/** `GET /api/demo`, with the token in the header that other pages send with changes. */
export interface DemoState {
  readonly members: number
  /** Month that is billed, such as 2026-10. */
  readonly period: string
  readonly timeZone: string
  /** Addresses of the pages. */
  readonly pages: { readonly lab: string; readonly desk: string; readonly customers: string }
  /** Accounts of the desk, each with its use in a few words. */
  readonly desk: readonly DemoAccount[]
  /** Accounts of customers, each with the amount of its bill of that month. */
  readonly customers: readonly DemoAccount[]
}
