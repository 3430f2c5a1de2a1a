// The registrar's journal: meters enrolled, rosters signed, faults found.
import type { MeterId, Slot } from '@hushgrid/primitives'
import type { Credential } from '../roster/credential.ts'

/** A meter that has a credential. */
export interface EnrolledMeter {
  readonly credential: Credential
  /** Placement drawn at its first admission, undefined before; kept for the season even if it leaves. */
  readonly placement?: Uint8Array
  readonly addresses: readonly string[]
}

/** A member's fault that lost a slot, as the registrar saw it. */
export type FaultKind =
  /** It disputed, and no submission of it was witnessed in time. */
  | 'false-dispute'
  /** It owed a release, was there and stayed silent. */
  | 'silent'
  /** Two different submissions for one slot. */
  | 'two-submissions'
  /** Double mask: no t of the shares of its private mask fit what it published, by the registrar's own reckoning. */
  | 'unfitting-shares'

/** Records of the registrar's journal, in order. */
export type RegistrarRecord =
  | { readonly kind: 'enrolled'; readonly meter: EnrolledMeter }
  | { readonly kind: 'aggregator'; readonly key: MeterId; readonly address: string }
  /** The whole Roster envelope, also where a delta was published; never two for one epoch. */
  | { readonly kind: 'roster'; readonly bytes: Uint8Array }
  /** A member has announced that it leaves: out from the next roster. */
  | { readonly kind: 'leaving'; readonly meterId: MeterId }
  /** A member's fault; with two it is marked absent until the next season. */
  | { readonly kind: 'fault'; readonly meterId: MeterId; readonly slot: Slot; readonly what: FaultKind }
