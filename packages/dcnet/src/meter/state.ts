import type { Tick } from '@hushgrid/machine'
import type { DropCounter, Envelope } from '@hushgrid/messages'
import type { BlindingKey, Epoch, LaneVector, MeterId, Millis, SigningKey, Slot, VerifierOf, VerifyingKey } from '@hushgrid/primitives'
import type { EpochMasks, SharedSecrets } from '../masks/edge-keys.ts'
import type { PrivateMasks } from '../masks/private-mask.ts'
import type { CommonOutput, Incoming, SlotResult } from '../protocol/outputs.ts'
import type { HeldRoster, RosterBook } from '../roster/book.ts'
import type { CredentialCache, RosterFloors } from '../roster/check.ts'
import type { Credential } from '../roster/credential.ts'
import type { MeterRecord } from './journal.ts'

export interface MeterConfig {
  readonly identity: SigningKey
  readonly blinding: BlindingKey
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  /** Checks signatures; Ed25519 unless a simulation stands in for it. */
  readonly verifier?: VerifierOf | undefined
  readonly registrarKey: MeterId
  readonly aggregatorKey?: MeterId | undefined
  readonly floors?: RosterFloors | undefined
  /** Where nodes of one process share what they know of credentials. */
  readonly credentials?: CredentialCache | undefined
  /** Shared secrets that were kept from before a restart; made anew where they are left out. */
  readonly secrets?: SharedSecrets | undefined
  /** Multiaddrs at which neighbours reach this meter. */
  readonly addresses: readonly string[]
  /** Rules of section 7 that this meter breaks, for proving that the leakage oracle notices. Never set outside a test. */
  readonly broken?: ReadonlySet<BrokenRule> | undefined
}

/** A rule of PROTOCOL.md section 7 that a test can switch off to see that it is needed. */
export type BrokenRule =
  /** A request is not passed on. */
  | 'pass-on'
  /** A member that is falsely named does not dispute. */
  | 'dispute'
  /** A dispute that was seen does not keep from releasing. */
  | 'heed-dispute'
  /** Releases at once, without the dispute window. */
  | 'dispute-window'
  /** Requests are taken and answered however late. */
  | 'window-end'
  /** Releases with fewer than f neighbours, or t with double mask, present and outside M. */
  | 'enough-neighbours'
  /** Answers more than one request for a slot. */
  | 'once-per-slot'
  /** Submits after its absence was journalled. */
  | 'absent-is-final'
  /** Double mask: answers a MaskRequest whose M does not contain every M that it answered. */
  | 'nested-requests'
  /** Double mask: answers a ShareRequest whose M does not contain every M that it answered. */
  | 'shares-contain-answered'
  /** Double mask: answers a MaskRequest after the ShareRequest. */
  | 'no-masks-after-shares'

/** Why a meter does not answer a request for recovery (PROTOCOL.md section 7). */
export type RefusalReason =
  | 'outside the request window'
  | 'a second request'
  | 'a member disputes'
  | 'not submitted here'
  | 'too few neighbours outside the request'
  | 'too few members outside the request'
  | 'restarted since the request'
  | 'the journal was lost'
  | 'does not contain what was answered'
  | 'shares were released already'

export type MeterInput =
  | Incoming
  | Tick
  /** The household's reading of a slot, one integer a lane. A slot without one is a gap and is not submitted. */
  | { readonly type: 'reading'; readonly slot: Slot; readonly lanes: LaneVector }
  /** Ask the registrar for a credential; the answer also tells where the aggregator is. */
  | { readonly type: 'enrol' }
  /** Ask to be taken in from the next epoch, with the credential and the aggregator within reach. */
  | { readonly type: 'join' }
  /** Announce to the registrar that this meter leaves; it goes on until a roster without it is in force. */
  | { readonly type: 'leave' }
  /** A `deliver` of an envelope was acknowledged by its neighbour, or a `request` to the aggregator was served. */
  | { readonly type: 'acknowledged'; readonly by: MeterId; readonly hash: Uint8Array }
  /** The aggregator is connected again: what it may have missed goes once more, while it may. */
  | { readonly type: 'aggregator-back' }

export type MeterOutput =
  | CommonOutput
  | SlotResult
  | { readonly type: 'journal'; readonly record: MeterRecord }
  /** Send on a stream and feed the answer, if one comes, back in as a message. */
  | { readonly type: 'request'; readonly to: 'registrar' | 'aggregator'; readonly stream: 'enrol' | 'sync'; readonly bytes: Uint8Array }
  /** Send on the dispute stream of a neighbour, once; an `acknowledged` input tells that it has journalled it. */
  | {
      readonly type: 'deliver'
      readonly to: MeterId /** Empty where it is not known. */
      readonly address: string
      readonly bytes: Uint8Array
    }
  /** The reply on the dispute stream to the message that was the input: a DisputeReply. */
  | { readonly type: 'answer'; readonly bytes: Uint8Array }
  /** A request for recovery that was not answered, and the rule of section 7 that forbids it. */
  | { readonly type: 'request-refused'; readonly slot: Slot; readonly reason: RefusalReason }
  | { readonly type: 'released'; readonly slot: Slot }
  /** The shares of the neighbours' private masks went out (double mask). */
  | { readonly type: 'shared'; readonly slot: Slot }
  | { readonly type: 'disputed'; readonly slot: Slot }
  /** The registrar has noted that this meter leaves. */
  | { readonly type: 'leaving' }
  /** The journal turned out to be rolled back: nothing is submitted or released up to and including this slot. */
  | { readonly type: 'journal-rolled-back'; readonly through: Slot }
  /** The registrar gave the credential, or took the meter in, or says why not. */
  | { readonly type: 'enrolled'; readonly credential: Credential /** Empty where that is not known yet. */; readonly aggregator: string }
  | { readonly type: 'admitted' }
  | { readonly type: 'refused'; readonly by: 'registrar'; readonly reason: string }
  /** A total that leaves out what we sent, or counts what we did not send. */
  | { readonly type: 'misreported'; readonly slot: Slot; readonly detail: string }

/** Slots for which results and own messages are remembered. */
export const KEPT_SLOTS = 4

export interface MeterEpoch {
  readonly held: HeldRoster
  /** Own position in the roster. */
  readonly index: number
  readonly masks: EpochMasks
  /** With double mask. */
  readonly privateMasks: PrivateMasks | undefined
  /** Positions of the mask neighbours, ascending, absent ones included. */
  readonly neighbours: readonly number[]
  /** Checks the signatures of its aggregator. */
  readonly aggregator: VerifyingKey
}

/** What is known of the recovery of one slot. */
export interface SlotRecovery {
  /** The first request that was seen for the slot, with the positions it names. */
  request?: { readonly hash: Uint8Array; readonly bytes: Uint8Array; readonly payloadHash: Uint8Array; readonly members: readonly number[] }
  /** When the dispute window of an accepted request ends. */
  releaseAt?: Millis
  /** The request came before its window and is taken up then. */
  early: boolean
  /** A second, different request was seen. */
  conflicting: boolean
  /** A valid dispute of any member was seen, or made. */
  disputed: boolean
  /** Senders whose dispute was taken. */
  readonly disputers: Set<MeterId>
  ownDispute?: Uint8Array
  /** "Absent" is journalled: this slot is never submitted. */
  absent: boolean
  /** Released, refused, or forbidden by a restart. */
  answered: boolean
  /** Known from the journal: whatever was accepted before the restart is not answered. */
  restored: boolean
  release?: Uint8Array
}

/** A request of double mask that was seen, and what came of it. */
export interface SeenRequest {
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
  readonly payloadHash: Uint8Array
  /** M. */
  readonly members: ReadonlySet<number>
  /** Came by control, so that others have it too. */
  published: boolean
  /** Answered or refused, or of no concern to us. */
  done: boolean
  /** MaskRelease or ShareRelease. */
  answer?: Uint8Array
}

/** What is known of one slot's recovery by double mask. */
export interface SlotShares {
  /** MaskRequests by round, the first that was seen of each. */
  readonly rounds: Map<number, SeenRequest>
  shareRequest?: SeenRequest
  /** Requests that must not both exist were seen: nothing is answered any more. */
  conflicting: boolean
}

/** An envelope on its way to one neighbour, until that acknowledges it. */
export interface Delivery {
  readonly to: MeterId
  readonly address: string
  readonly bytes: Uint8Array
  readonly until: Millis
  nextAt: Millis
}

export interface MeterState {
  readonly config: MeterConfig
  readonly registrarVerify: VerifyingKey
  aggregator: { readonly key: MeterId; readonly verify: VerifyingKey } | undefined
  readonly book: RosterBook
  readonly secrets: SharedSecrets
  readonly epochs: Map<Epoch, MeterEpoch>
  readonly drops: DropCounter
  readonly readings: Map<Slot, LaneVector>
  /** Every slot up to here is submitted, or may be, or never will be: it is not submitted any more. */
  finishedThrough: number
  /** Up to here the journal cannot tell what was sent: nothing is released, and a request that names us is disputed. */
  unknownThrough: number
  /** Own submissions of the last slots, for resending the same bytes. */
  readonly submitted: Map<Slot, Uint8Array>
  /** Slots whose submission or release the aggregator has acknowledged. */
  readonly acknowledged: Set<string>
  readonly recoveries: Map<Slot, SlotRecovery>
  /** With double mask. */
  readonly shares: Map<Slot, SlotShares>
  /** By receiver and envelope. */
  readonly deliveries: Map<string, Delivery>
  /** The last slot whose Missing hint was answered. */
  hintedThrough: number
  /** Envelope of the result of the last slots. */
  readonly results: Map<Slot, { readonly envelope: Envelope; readonly bytes: Uint8Array }>
  credential: Credential | undefined
  /** What the registrar was asked last on a stream where both are answered alike. */
  asked: 'join' | 'leave'
  /** The last slot at or after whose end there was a tick. */
  tickedThrough: number
  /** When the machine wants its next tick. */
  wakeAt: Millis | undefined
}

/** Keeps the last few slots of a map. */
export function forgetOldest(map: Map<Slot, unknown>, keep: number = KEPT_SLOTS): void {
  while (map.size > keep) map.delete(Math.min(...map.keys()) as Slot)
}

/** Whether a test has switched a rule off. */
export function breaks(state: MeterState, rule: BrokenRule): boolean {
  return state.config.broken?.has(rule) === true
}
