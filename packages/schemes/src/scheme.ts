// One interface for every aggregation scheme that is compared. `schemes/joye-libert.ts` is a short one to begin with.
//
// A scheme is pure: no sockets, clocks, files or randomness of its own. It says, for each role and each phase, what that role
// does in each round: wait for these parties, then compute and send. Who carries messages, signs, seals, waits, resends and
// counts is the driver's business, the same for all.
//
// - Round k of a party reads what others sent in their round k − 1, of those for whom it waits.
// - A round decodes all bodies before it draws or changes anything. Where it throws a MalformedBodyError it runs again without
//   that body; otherwise it runs once.
// - A state belongs to one party and survives a crash, unless the party's journal is lost: then `create` runs again. A party
//   that was down goes on in the round that is next; what it missed does not run later.
// - Where a scheme has no phase `join` or `leave`, a change of members is a `setup` of the new group. A setup begins on new
//   states: whoever misses it has no keys of the group before, under which it could spoil a total unnoticed.
// - A phase ends with the first outcome; a round that has nothing to do returns `{}`.
import type { Epoch, LaneVector, MeterId, Rng, Slot } from '@hushgrid/primitives'
import type { SchemeFacts } from './facts.ts'
import type { RoleName } from './roles.ts'

export { ROLES, type RoleName } from './roles.ts'

/**
 * - `setup`: a group forms, or is formed anew where the scheme has no better answer to a change.
 * - `join`, `leave`: one change of membership, where the scheme has rounds for it.
 * - `slot`: one slot's readings.
 */
export type Phase = 'setup' | 'join' | 'leave' | 'slot'

/** Who takes part. Fixed for an epoch, the same for all parties, and bound into every signature by its hash. */
export interface Group {
  readonly epoch: Epoch
  /** Ascending by id. A member's index here is its number in the scheme's formulas, from 0. */
  readonly members: readonly MeterId[]
  /** Everybody who is not a meter or a household's device. */
  readonly parties: Readonly<Partial<Record<RoleName, MeterId>>>
  /** The household's own device of a member, in schemes that have one. */
  readonly deviceOf: ReadonlyMap<MeterId, MeterId>
  /** Lanes of a reading. */
  readonly lanes: number
  /** Who came and went since the epoch before. */
  readonly joined: readonly MeterId[]
  readonly left: readonly MeterId[]
}

/** Operations that are counted where they are done, so that costs can be compared without a clock. */
export const WORK = [
  'modexp',
  'paillier-keygen',
  'paillier-decrypt',
  'scalar-mult',
  'hash-to-group',
  'dlog-step',
  'key-agreement',
  'prf'
] as const
export type WorkKind = (typeof WORK)[number]

/** What counts operations. */
export interface Work {
  /** @param bits - of the modulus, for `modexp`; with `exponentBits`, what a power costs */
  count(kind: WorkKind, times?: number, bits?: number, exponentBits?: number): void
}

/** Counts nothing. */
export const UNCOUNTED: Work = { count() {} }

/** What a round may look at, and all it may use. */
export interface Turn {
  readonly role: RoleName
  readonly self: MeterId
  readonly group: Group
  readonly phase: Phase
  /** In `setup`, `join` and `leave` the epoch's first slot. */
  readonly slot: Slot
  readonly rng: Rng
  readonly work: Work
}

/** A message. The driver adds scheme, epoch, phase, slot and round, signs it, and refuses it anywhere but there. */
export interface Outgoing {
  /** One party, or every meter but the sender: one signed message, delivered to each, to the devices of all and to the aggregator. */
  readonly to: MeterId | 'meters'
  readonly body: Uint8Array
  /** Only the receiver may read it: the driver seals it between the two. */
  readonly sealed?: boolean
}

/** Gives whom a message to `meters` reaches: all members, their devices and the aggregator, but not its sender. */
export function broadcastTo({ members, parties, deviceOf }: Group, sender: MeterId): MeterId[] {
  const all = [...members, parties.aggregator, ...deviceOf.values()]
  return all.filter((id): id is MeterId => id !== undefined && id !== sender)
}

/** What has come when a round runs. */
export interface Inbox {
  /** Bodies of the round before of those that were waited for, in the order in which `awaits` names them. */
  readonly from: ReadonlyMap<MeterId, Uint8Array>
  /** Who was waited for and has sent nothing that can be read. Empty unless the deadline has passed or a body was refused. */
  readonly missing: readonly MeterId[]
  /** A meter's own reading, in the first round of a slot; undefined where it has none or one that cannot be summed (`isSummable`). */
  readonly reading: LaneVector | undefined
}

/**
 * - `missing`: something did not come; `members` are those from whom the party that says so has nothing.
 * - `implausible`: what came adds up to no total; `members` are who may be at fault, if that is known.
 * - `refused`: a party in between gave no sum, by its policy.
 * - `malformed`: `members` sent bodies that cannot be read; a driver says so, for a round sees them as missing.
 */
export type LostReason = 'missing' | 'implausible' | 'refused' | 'malformed'
export type Outcome =
  | { readonly type: 'total'; readonly contributors: readonly MeterId[]; readonly lanes: LaneVector }
  | { readonly type: 'lost'; readonly reason: LostReason; readonly members: readonly MeterId[] }
  /** In a period's last slot, of a scheme that yields bills: each meter's priced sum, and who gets none. Earlier slots end without outcome. */
  | { readonly type: 'bills'; readonly bills: ReadonlyMap<MeterId, LaneVector>; readonly missing: readonly MeterId[] }

/** What a round brings about. */
export interface Made {
  readonly send?: readonly Outgoing[]
  /** The slot's end, by the role that learns the total. */
  readonly outcome?: Outcome
  /** Somebody is proved to have broken the protocol. */
  readonly accused?: readonly { readonly member: MeterId; readonly what: string }[]
}

/** Round k reads what others sent in their round k − 1. */
export interface Round<State> {
  /** Whom it waits for; it runs once all have sent, or at its deadline. Absent: nobody, it runs as the phase begins. */
  readonly awaits?: (state: State, turn: Turn) => readonly MeterId[]
  /** May change the state, which is this party's alone. @throws MalformedBodyError names who sent what cannot be read */
  readonly run: (state: State, inbox: Inbox, turn: Turn) => Made
}

/** Rounds by phase; undefined: this role has nothing to do in that round. */
export type Rounds<State> = Readonly<Partial<Record<Phase, readonly (Round<State> | undefined)[]>>>

/** A role's rounds, and the state with which a party begins. */
export interface Role<State> {
  /** Draws nothing: what is random is drawn in rounds. */
  readonly create: (turn: Omit<Turn, 'rng'>) => State
  readonly rounds: Rounds<State>
}

/** A round with its state inside, as a driver runs it. */
export interface BoundRound {
  readonly awaits: (turn: Turn) => readonly MeterId[]
  readonly run: (inbox: Inbox, turn: Turn) => Made
}
export type BoundRounds = Readonly<Partial<Record<Phase, readonly (BoundRound | undefined)[]>>>

/** A role whose state's type is its own business. */
export interface AnyRole {
  readonly open: (turn: Omit<Turn, 'rng'>) => BoundRounds
}

/** Hides the type of a role's state. */
export function role<State>({ create, rounds }: Role<State>): AnyRole {
  return {
    open: turn => {
      const state = create(turn)
      const bind = ({ awaits, run }: Round<State>): BoundRound => ({
        awaits: at => awaits?.(state, at) ?? [],
        run: (inbox, at) => run(state, inbox, at)
      })
      return Object.fromEntries(Object.entries(rounds).map(([phase, list]) => [phase, list.map(round => round && bind(round))]))
    }
  }
}

/** A scheme as lists, tests and drivers have it. */
export interface Scheme {
  /** In lists and hashes; kebab-case, and the name of its file. */
  readonly name: string
  readonly facts: SchemeFacts
  readonly roles: Readonly<Partial<Record<RoleName, AnyRole>>>
  /** Prices of a period's slots, in a scheme that yields bills; a period begins with a multiple of their number. */
  readonly prices?: readonly bigint[] | undefined
}
