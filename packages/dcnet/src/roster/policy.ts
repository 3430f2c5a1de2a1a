// A node's demands on every roster: its network, its own entry, and the least that it accepts.
import type { MeterId, VerifierOf } from '@hushgrid/primitives'
import type { SeasonKeys } from '../masks/season-keys.ts'
import type { Attendance } from './attendance.ts'
import type { CredentialCache } from './cache.ts'
import type { CredentialLane } from './credential.ts'
import type { Recovery } from './fields.ts'

/** A node's demands on every roster. */
export interface RosterPolicy {
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  readonly registrarKey: MeterId
  /** Aggregator that the node was told to send to, if it was. */
  readonly aggregatorKey?: MeterId | undefined
  /** Slots of which the first slot of every season, and of every change but an absence, is a multiple. */
  readonly changeSlots: number
  /** A meter's own entry; others have none. */
  readonly own?: OwnEntry | undefined
  /** Contributors of the totals that a meter took: a new season keeps two thirds. */
  readonly attendance?: Attendance | undefined
  /** A meter's own floors. */
  readonly floors?: RosterFloors | undefined
  /** Credentials that are known to be good, where several nodes share that knowledge. */
  readonly credentials?: CredentialCache | undefined
  /** Checks signatures; Ed25519 unless a simulation stands in for it. */
  readonly verifier?: VerifierOf | undefined
}

/** What a meter knows of its own entry. */
export interface OwnEntry {
  readonly meterId: MeterId
  readonly keys: Pick<SeasonKeys, 'publicKey'>
  readonly lanes: readonly CredentialLane[]
}

/** The least that a meter accepts, whatever the registrar signs. */
export interface RosterFloors {
  readonly minMembers: number
  readonly degree: number
  readonly recovery: Recovery
  /** Fewest members able to fill a lane that the meter can fill without its household's consent. */
  readonly support: number
}

/** `minMembers` 6 is the protocol's; a degree below 4 is for teaching and has to be asked for. */
export const DEFAULT_FLOORS: RosterFloors = { minMembers: 6, degree: 4, recovery: 0, support: 1 }
