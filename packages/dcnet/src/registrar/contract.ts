// A registrar's configuration, inputs and outputs.

import type { Tick } from '@hushgrid/machine'
import type { Epoch, LaneTerms, MeterId, Rng, SigningKey, Slot, VerifierOf } from '@hushgrid/primitives'
import type { AggregatorFaultKind } from '../protocol/findings.ts'
import type { CommonOutput, Incoming } from '../protocol/outputs.ts'
import type { CredentialCache } from '../roster/cache.ts'
import type { Recovery } from '../roster/fields.ts'
import type { BarReason, FaultKind, RegistrarRecord } from './journal.ts'

export interface RegistrarConfig {
  readonly identity: SigningKey
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  /** Checks signatures; Ed25519 unless a simulation stands in for it. */
  readonly verifier?: VerifierOf | undefined
  /** Key of the aggregator; where it is left out, as in labs, the first that announces itself is taken. */
  readonly aggregatorKey?: MeterId | undefined
  /** True in a lab: members may come and go as often as they like. */
  readonly lab: boolean
  /** Lanes of the network, of which a roster has those that enough members can fill. */
  readonly lanes: readonly LaneTerms[]
  /** Slots of which the first slot of every change but an absence is a multiple. */
  readonly changeSlots: number
  /** Length of a season, slots. */
  readonly seasonSlots: number
  readonly recovery: Recovery
  readonly minMembers: number
  /** Gives the mask graph's degree for that many members; throws where there is none. */
  readonly degreeFor: (members: number) => number
  /** Members to wait for before the first roster. */
  readonly formWith: number
  /** First slot of epoch 0, where the lab fixes it; otherwise the first change slot after the forming. */
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
  /** A member or the aggregator is connected to this node, or not any more. */
  | { readonly type: 'line'; readonly meterId: MeterId; readonly up: boolean }
  /** What came of a `hand`: the DisputeReply, undefined where none came in time. */
  | { readonly type: 'handed'; readonly meterId: MeterId; readonly request: Uint8Array; readonly reply: Uint8Array | undefined }
  /** An operator lifts a member's bar. */
  | { readonly type: 'lift'; readonly meterId: MeterId }
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
  /** Hand a request to a member on its dispute stream; the reply comes back as a `handed` input. */
  | { readonly type: 'hand'; readonly to: MeterId; readonly address: string; readonly bytes: Uint8Array }
  /** Two members have signed what cannot both be true: they are cut from the next change slot on. */
  | { readonly type: 'cut'; readonly slot: Slot; readonly owner: MeterId; readonly holder: MeterId }
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
  /** A member is kept out of rosters, up to a slot or until an operator lifts it. */
  | {
      readonly type: 'barred'
      readonly meterId: MeterId
      readonly slot: Slot
      readonly until: Slot | undefined
      readonly why: BarReason
    }
  /** The first roster of a season was signed. */
  | { readonly type: 'season'; readonly season: number; readonly firstSlot: Slot; readonly early: boolean; readonly members: number }
  /** A season that is over cannot give way to the next yet: fewer members would be in it than two thirds of the last totals had. */
  | { readonly type: 'season-too-small'; readonly season: number; readonly members: number; readonly least: number }
  | { readonly type: 'season-put-off'; readonly season: number; readonly until: Slot }
  /** A slot that so many missed that nobody is probed or marked on account of it. */
  | { readonly type: 'damped'; readonly slot: Slot; readonly missing: number; readonly present: number }
  /** No roster can be made of the members there are, or some changes have to wait; said once. */
  | { readonly type: 'cannot-form'; readonly detail: string }
