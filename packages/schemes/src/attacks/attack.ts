// What an attack on a scheme gets to work with, and what it brings back.
import type { LaneVector, MeterId, Slot } from '@hushgrid/primitives'
import type { Lockstep, Sent } from '../lockstep.ts'
import type { SchemeOptions } from '../options.ts'
import type { Group, Outgoing } from '../scheme.ts'

/** A slot and its readings, by member. */
export interface SceneSlot {
  readonly slot: Slot
  readonly readings: ReadonlyMap<MeterId, LaneVector>
}

/** A small group with some slots, for one attack. */
export interface AttackScene {
  readonly group: Group
  readonly slots: readonly SceneSlot[]
  /** Runs the setup and gives the group, ready for slots. A hostile party sends what `tamper` gives. */
  enter(options?: SchemeOptions, tamper?: (message: Sent) => readonly Outgoing[]): Lockstep
  /** Gives the primes of a party's modulus: only the attack of that party, or of the dealer, may use them. */
  primesOf(party: MeterId): { readonly p: bigint; readonly q: bigint }
}

export interface AttackResult {
  /** True where the attacker has what it should not. */
  readonly succeeded: boolean
  /** What it learnt, in the names and forms of known answers: decimal strings, or lists of such. */
  readonly learnt: Readonly<Record<string, unknown>>
  /** Ten lines at most that a person can follow, of at most 78 characters. */
  readonly lines: readonly string[]
}

/** An attack; named `on` and the scheme that it is on. */
export interface Attack {
  /** A clause in lower case: who does what to whom. */
  readonly title: string
  /** Option that mends it, where there is one, in words. */
  readonly repair?: { readonly options: SchemeOptions; readonly what: string }
  readonly run: (scene: AttackScene, options?: SchemeOptions) => AttackResult
}
