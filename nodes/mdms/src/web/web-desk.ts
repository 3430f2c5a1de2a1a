// The shared context of the routes of the supplier's server.
import type { Bands } from '@hushgrid/billing'
import type { KnownDevices, Sessions, SignInLimiter } from '@hushgrid/http'
import type { Actor, Role, Store } from '@hushgrid/mdms'
import type { Millis } from '@hushgrid/primitives'

/** A signed-in account; the store checks roles and households anew at each question. */
export interface DeskSession {
  readonly account: string
  readonly roles: readonly Role[]
  /** Pseudonym of a customer's household. */
  readonly household?: string
  /** Mark of the account; the session ends where the store has another. */
  mark: string
}

export interface WebDesk {
  readonly store: Store
  readonly sessions: Sessions<DeskSession>
  readonly limiter: SignInLimiter
  readonly devices: KnownDevices
  /** Bands for bills by dynamic tariffs. */
  readonly bands?: Bands
  readonly now: () => Millis
  /** Gives what the clock of {@link now} shows at a true time, as audit lines have it, so that no page has two clocks. */
  readonly shownAt: (trueTime: number) => Millis
  /** Time for which bills are kept, ms. */
  readonly keepBills: number
}

/** Makes an actor of a session in one of its roles; the store decides whether it has the role, and notes a refusal. */
export function actorOf({ account }: DeskSession, role: Role): Actor {
  return { account, role }
}
