// A registrar's configuration, inputs and outputs.

import type { Tick } from '@hushgrid/machine'
import type { Epoch, LaneTerms, MeterId, Rng, SigningKey, Slot, VerifierOf } from '@hushgrid/primitives'
import type { AggregatorFaultKind } from '../protocol/findings.ts'
import type { CommonOutput, Incoming } from '../protocol/outputs.ts'
import type { CredentialCache } from '../roster/cache.ts'
import type { Recovery } from '../roster/fields.ts'
import type { FaultKind, RegistrarRecord } from './journal.ts'

export interface RegistrarConfig {
  readonly identity: SigningKey
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  /** Checks signatures; Ed25519 unless a simulation stands in for it. */
  readonly verifier?: VerifierOf | undefined
  /** Key of the aggregator; where it is left out, as in labs, the first that announces itself is taken. */
  readonly aggregatorKey?: MeterId | undefined
  readonly lanes: readonly LaneTerms[]
  /** Length of a season, slots. */
  readonly seasonSlots: number
  readonly recovery: Recovery
  readonly minMembers: number
  /** Gives the mask graph's degree for that many members; throws where there is none. */
  readonly degreeFor: (members: number) => number
  /** Members to wait for before the first roster. */
  readonly formWith: number
  /** First slot of epoch 0, where the lab fixes it; otherwise the slot after the forming. */
  readonly firstSlot?: Slot | undefined
  /** Meter ids that may enrol; everybody where it is left out, as in labs. */
  readonly allowed?: ReadonlySet<MeterId> | undefined
  /** Time that a credential holds, in seconds. */
  readonly credentialSeconds: number
  readonly rng: Rng
  /** Cache that nodes of one process share. */
  readonly credentials?: CredentialCache | undefined
}

export type RegistrarInput =
  | Incoming
  | Tick
  /** An envelope on the enrol stream; answered by a `reply` output with the same token. */
  | { readonly type: 'enrol'; readonly from: MeterId; readonly bytes: Uint8Array; readonly token: number }
  /** The reply to a `probe`, undefined where none came in time. */
  | { readonly type: 'probed'; readonly meterId: MeterId; readonly bytes: Uint8Array | undefined }

export type RegistrarOutput =
  | CommonOutput
  | { readonly type: 'reply'; readonly token: number; readonly bytes: Uint8Array }
  | { readonly type: 'journal'; readonly record: RegistrarRecord }
  | { readonly type: 'enrolled'; readonly meterId: MeterId; readonly enrolled: number }
  | { readonly type: 'admitted'; readonly meterId: MeterId; readonly waiting: number }
  | { readonly type: 'aggregator'; readonly key: MeterId; readonly address: string }
  /** Ask a member on its dispute stream whether it is there; the reply comes back as a `probed` input. */
  | { readonly type: 'probe'; readonly to: MeterId; readonly address: string; readonly bytes: Uint8Array }
  /** Changes of the roster that was just signed. */
  | {
      readonly type: 'changes'
      readonly epoch: Epoch
      readonly joined: readonly MeterId[]
      readonly left: readonly MeterId[]
      readonly absent: readonly MeterId[]
      readonly present: readonly MeterId[]
      /** Size of the published envelope, and whether it was a delta. */
      readonly bytes: number
      readonly delta: boolean
    }
  | { readonly type: 'fault'; readonly meterId: MeterId; readonly slot: Slot; readonly what: FaultKind; readonly times: number }
  /** Fault of the aggregator: it lost a slot or left members out, against what was witnessed. */
  | { readonly type: 'aggregator-fault'; readonly slot: Slot; readonly kind: AggregatorFaultKind; readonly members: readonly MeterId[] }
  /** No roster can be made of the members there are, or some changes have to wait; said once. */
  | { readonly type: 'cannot-form'; readonly detail: string }
