import type { MeterId, Slot } from '@hushgrid/primitives'
import type { CredentialLane } from './credential.ts'
import type { Roster } from './roster.ts'

/** A roster that passed `checkRoster`, with what travelled beside it. */
export interface CheckedRoster {
  readonly roster: Roster
  /** The registrar's signature over the roster's hash. */
  readonly signature: Uint8Array
  /** Multiaddr of each member, or the empty string. */
  readonly addresses: readonly string[]
  readonly aggregatorAddress: string
  /** Members that have left by their signed word since the roster before. */
  readonly leavers: readonly { readonly meterId: MeterId; readonly slot: Slot }[]
  /** Envelopes that prove faults of members since the roster before, not checked. */
  readonly proofs: readonly Uint8Array[]
  /** Digests of 16 bytes that name each member's credential, so that the next roster's check knows those it has seen. */
  readonly credentialDigests: Uint8Array
  /** Start of each member's credential, Unix seconds. */
  readonly notBefore: Float64Array
  /** End of each member's credential, Unix seconds; also of those that stay, which a delta leaves out. */
  readonly notAfter: Float64Array
  /** Lanes of the roster that each member consents to be seen in, a mask of as many bytes as its lane mask. */
  readonly consents: Uint8Array
  /** Lanes that each member's credential has beside the roster's, since the roster leaves them out. */
  readonly leftOut: readonly (readonly CredentialLane[])[]
  /** Credential signatures verified for this roster; the others were known from the roster before or the cache. */
  readonly credentialChecks: number
}
