// The registrar's journal: meters enrolled, rosters signed, faults found.
import type { MeterId, Slot } from '@hushgrid/primitives'
import type { Credential } from '../roster/credential.ts'

/** A meter that has a credential. */
export interface EnrolledMeter {
  /** Credential of the season under way, or of the last one for which the meter enrolled a key. */
  readonly credential: Credential
  /** Credential for the next season, once the meter has enrolled a key for it. */
  readonly next?: Credential
  /** Placement drawn at its first admission of the season; kept for the season even if it leaves. */
  readonly placement?: Uint8Array
  readonly addresses: readonly string[]
}

/**
 * Slots that count (PROTOCOL.md section 8): for so long a fault does, and a bar lasts; within so many a member comes back
 * twice, its lost journal excuses once, and a season begins early four times.
 */
export const REMEMBERED_SLOTS = 96

/** A member's fault, as the registrar saw it, whether or not it lost a slot. */
export type FaultKind =
  /**
   * It disputed, was connected from E to D, and no submission of it was witnessed; or it disputed a request that does not
   * name it, which is proven.
   */
  | 'false-dispute'
  /** It owed an answer, was handed the request, and stayed silent. */
  | 'silent'
  /** Two different submissions for one slot. */
  | 'two-submissions'
  /** Double mask: the shares that have its own tags do not give what it published. Proven by its submission. */
  | 'wrong-corrections'
  /** Double mask: the opening of the edge shows that what it signed is not what follows from the shared secret. Proven. */
  | 'false-share'

/** Reason for which a member is kept out of rosters although it may be there. */
export type BarReason =
  /** Two faults within 96 slots. */
  | 'faults'
  /** Disputes in four of sixteen slots, of which no submission of it, or no request that names it, was witnessed. */
  | 'disputes'
  /** Submissions that were not witnessed, again and again. */
  | 'unwitnessed'
  /** A fault that its own signed messages prove; until an operator lifts it. */
  | 'proven'

/** Records of the registrar's journal, in order. */
export type RegistrarRecord =
  | {
      readonly kind: 'enrolled'
      readonly meter: EnrolledMeter
      /** True where it has asked to be in, not for a credential. */
      readonly joins: boolean
    }
  | { readonly kind: 'aggregator'; readonly key: MeterId; readonly address: string }
  /** The whole Roster envelope, also where a delta was published; never two for one epoch. */
  | { readonly kind: 'roster'; readonly bytes: Uint8Array }
  /** A member has announced that it leaves: out from the next change slot. `bytes`: its LeaveRequest envelope. */
  | { readonly kind: 'leaving'; readonly meterId: MeterId; readonly bytes: Uint8Array }
  /** A member's fault; with two within 96 slots it is barred. */
  | { readonly kind: 'fault'; readonly meterId: MeterId; readonly slot: Slot; readonly what: FaultKind }
  /** A member is kept out of rosters up to a slot; undefined until an operator lifts it. `proofs`: its signed messages. */
  | {
      readonly kind: 'barred'
      readonly meterId: MeterId
      readonly until: Slot | undefined
      readonly why: BarReason
      readonly proofs: readonly Uint8Array[]
    }
  /** An operator has lifted a bar. */
  | { readonly kind: 'lifted'; readonly meterId: MeterId }
  /** Two members are cut from the next change slot on, for this season. */
  | { readonly kind: 'cut'; readonly season: number; readonly lower: MeterId; readonly higher: MeterId }
  /** A slot with more contributors than any other of seven days. */
  | { readonly kind: 'attendance'; readonly slot: Slot; readonly contributors: number }
