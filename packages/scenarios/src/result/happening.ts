// What happens in a run beside readings, alike under virtual time and on real nodes: operations that took effect, attacks,
// and what rosters and judges made of them. A meter goes by its number.
import type { Attacker, Role } from '../ports/churn.ts'
import type { ChangeKind, Party } from './churn-result.ts'

export type Happening =
  | { readonly type: 'join' | 'leave' | 'crash' | 'restart'; readonly meter: number }
  /** A role's process has ended, or runs again; the concentrator has the aggregator's place on its path. */
  | { readonly type: 'role-crash' | 'role-restart'; readonly role: Role }
  /** Meters are cut off from everybody else. */
  | { readonly type: 'partition'; readonly meters: readonly number[] }
  | { readonly type: 'heal' }
  /** Everything to and from these meters takes longer by so many seconds; 0 ends it. */
  | { readonly type: 'delay'; readonly meters: readonly number[] | 'all'; readonly seconds: number }
  /** A share of what goes to and from these meters is lost; 0 ends it. */
  | { readonly type: 'loss'; readonly meters: readonly number[] | 'all'; readonly rate: number }
  /** A meter's clock goes so many seconds ahead, or behind where that is negative. */
  | { readonly type: 'skew'; readonly meter: number; readonly seconds: number }
  /** An attack; `slot` is the attacked one where it is not the one under way. */
  | {
      readonly type: 'attack'
      readonly slot?: number
      readonly by: Attacker
      readonly what: string
      readonly meter?: number | undefined
      readonly meters?: readonly number[] | undefined
    }
  /** A roster is signed; `slot` is its first. */
  | { readonly type: 'roster'; readonly slot: number; readonly epoch: number; readonly members: number; readonly degree: number }
  /** A change that the roster of an epoch shows, or the concentrator's list where there are none. */
  | { readonly type: 'change'; readonly change: Exclude<ChangeKind, 'crash'>; readonly meter: number; readonly epoch: number }
  | { readonly type: 'fault'; readonly slot: number; readonly who: Party; readonly what: string }
  | { readonly type: 'evidence'; readonly against: Party; readonly what: string }
