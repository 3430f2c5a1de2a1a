// What the routes of the supplier's server share.
import type { Bands } from '@hushgrid/billing'
import type { Sessions, SignInLimiter } from '@hushgrid/http'
import type { Actor, Role, Store } from '@hushgrid/mdms'
import type { Millis } from '@hushgrid/primitives'

/** Somebody who is signed in; the store checks roles and households anew at each question. */
export interface DeskSession {
  readonly account: string
  readonly roles: readonly Role[]
  /** Pseudonym of a customer's household. */
  readonly household?: string
  /** The account's, as the store has it: the session ends where that is another one. */
  mark: string
}

export interface WebDesk {
  readonly store: Store
  readonly sessions: Sessions<DeskSession>
  readonly limiter: SignInLimiter
  /** Bands for bills by dynamic tariffs. */
  readonly bands?: Bands
  readonly now: () => Millis
  /** Time for which bills are kept, ms. */
  readonly keepBills: number
}

/** An actor of a session in one of its roles; whether it has the role is the store's to say, which notes a refusal. */
export function actorOf({ account }: DeskSession, role: Role): Actor {
  return { account, role }
}
