// A node's demands on every roster: its network, its own entry, and the least that it accepts.
import type { MeterId, VerifierOf } from '@hushgrid/primitives'
import type { CredentialCache } from './cache.ts'
import type { Recovery } from './fields.ts'

/** A node's demands on every roster. */
export interface RosterPolicy {
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  readonly registrarKey: MeterId
  /** Aggregator that the node was told to send to, if it was. */
  readonly aggregatorKey?: MeterId | undefined
  /** A meter's own entry; others have none. */
  readonly own?: { readonly meterId: MeterId; readonly blindingKey: Uint8Array } | undefined
  /** A meter's own floors. */
  readonly floors?: RosterFloors | undefined
  /** Credentials that are known to be good, where several nodes share that knowledge. */
  readonly credentials?: CredentialCache | undefined
  /** Checks signatures; Ed25519 unless a simulation stands in for it. */
  readonly verifier?: VerifierOf | undefined
}

/** The least that a meter accepts, whatever the registrar signs. */
export interface RosterFloors {
  readonly minMembers: number
  readonly degree: number
  readonly recovery: Recovery
}

/** `minMembers` 6 is the protocol's; a degree below 4 is for teaching and has to be asked for. */
export const DEFAULT_FLOORS: RosterFloors = { minMembers: 6, degree: 4, recovery: 0 }
