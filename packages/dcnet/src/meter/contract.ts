// A meter's configuration, inputs and outputs.

import type { Tick } from '@hushgrid/machine'
import type { LaneVector, MeterId, ObisCode, Rng, SigningKey, Slot, VerifierOf } from '@hushgrid/primitives'
import type { SeasonKeys } from '../masks/season-keys.ts'
import type { MisreportKind } from '../protocol/findings.ts'
import type { CommonOutput, Incoming, SlotResult } from '../protocol/outputs.ts'
import type { AsksForTime, ClockOutput } from '../protocol/protocol-clock.ts'
import type { CredentialCache } from '../roster/cache.ts'
import type { Credential, CredentialLane } from '../roster/credential.ts'
import type { RosterFloors } from '../roster/policy.ts'
import type { NetworkLane } from '../transcript/lane-counts.ts'
import type { MeterRecord } from './journal.ts'
import type { MeterRules } from './rules.ts'

export interface MeterConfig {
  readonly identity: SigningKey
  /** Blinding keys by season, and the secrets agreed on by them. */
  readonly keys: SeasonKeys
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  /** Lanes that this meter can fill, and its household's consents. */
  readonly lanes: readonly CredentialLane[]
  /** Checks signatures; Ed25519 unless a simulation stands in for it. */
  readonly verifier?: VerifierOf | undefined
  readonly registrarKey: MeterId
  readonly aggregatorKey?: MeterId | undefined
  /** Slots of which the first slot of every season is a multiple. */
  readonly changeSlots: number
  /** Lanes of the network, those included that a roster leaves out. */
  readonly networkLanes: readonly NetworkLane[]
  /** Source of random times, as of the next season's enrolment, and of nonces. */
  readonly rng: Rng
  readonly asks: AsksForTime
  readonly floors?: RosterFloors | undefined
  /** Cache of credentials that nodes of one process share. */
  readonly credentials?: CredentialCache | undefined
  /** Multiaddrs at which neighbours reach this meter. */
  readonly addresses: readonly string[]
  /** Rules of section 7 that this meter keeps; all of them but in a test. */
  readonly rules?: MeterRules | undefined
}

/** Reason for which a meter does not answer a request for recovery (PROTOCOL.md section 7). */
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
  | 'not the request that was answered last'
  | "too few neighbours' words on the request"

export type MeterInput =
  | Incoming
  | Tick
  /** The household's reading of a slot, one integer a lane. A slot without one is a gap and is not submitted. */
  | { readonly type: 'reading'; readonly slot: Slot; readonly lanes: LaneVector }
  /** Ask the registrar for a credential, for the season under way or the next; the answer also tells where the aggregator is. */
  | { readonly type: 'enrol'; readonly for: 'this-season' | 'next-season' }
  /** Ask to be taken in from the next change slot, with the credential and the aggregator within reach. */
  | { readonly type: 'join' }
  /** Announce to the registrar that this meter leaves; it goes on until a roster without it is in force. */
  | { readonly type: 'leave' }
  /** A `deliver` of an envelope was acknowledged by its neighbour, or a `request` to the aggregator was served. */
  | { readonly type: 'acknowledged'; readonly by: MeterId; readonly hash: Uint8Array }
  /** The aggregator is connected again: what it may have missed goes once more, while it may. */
  | { readonly type: 'aggregator-back' }

export type MeterOutput =
  | CommonOutput
  | ClockOutput
  | SlotResult
  | { readonly type: 'journal'; readonly record: MeterRecord }
  /** Send on a stream and feed the answer, if one comes, back in as a message. */
  | { readonly type: 'request'; readonly to: 'registrar' | 'aggregator'; readonly stream: 'enrol' | 'sync'; readonly bytes: Uint8Array }
  /**
   * Ask the aggregator for the words of the neighbours on a MaskRequest, and feed those that come back in as messages on the
   * sync channel.
   */
  | { readonly type: 'fetch-words'; readonly slot: Slot; readonly requestHash: Uint8Array }
  /** Send on the dispute stream of a neighbour, once; an `acknowledged` input tells that it has journalled it. */
  | {
      readonly type: 'deliver'
      readonly to: MeterId
      /** Empty where it is not known. */
      readonly address: string
      readonly bytes: Uint8Array
    }
  /** The reply on the dispute stream to the message that was the input: a DisputeReply. */
  | { readonly type: 'answer'; readonly bytes: Uint8Array }
  /** A request for recovery that was not answered, and the rule of section 7 that forbids it. */
  | { readonly type: 'request-refused'; readonly slot: Slot; readonly reason: RefusalReason }
  | { readonly type: 'released'; readonly slot: Slot }
  /** Our word went out, which M we were shown (double mask). */
  | { readonly type: 'gave-word'; readonly slot: Slot }
  /** The shares of the neighbours' private masks went out (double mask). */
  | { readonly type: 'shared'; readonly slot: Slot }
  | { readonly type: 'disputed'; readonly slot: Slot }
  /** An edge was shown to the registrar: the neighbour has signed what does not follow from it. */
  | { readonly type: 'edge-opened'; readonly slot: Slot; readonly with: MeterId }
  /** The registrar has noted that this meter leaves. */
  | { readonly type: 'leaving' }
  /** The journal turned out to be rolled back: nothing is submitted or released up to and including this slot. */
  | { readonly type: 'journal-rolled-back'; readonly through: Slot }
  /** A reading beyond its lane's maxReading, which is a gap (PROTOCOL.md section 3). */
  | { readonly type: 'beyond-max'; readonly slot: Slot; readonly lane: ObisCode }
  /** A reading that was taken before a roster with a further lane came, as by a clock that is ahead: it is a gap. */
  | { readonly type: 'lane-unread'; readonly slot: Slot; readonly lane: ObisCode }
  /** A key for the next season is to be enrolled: the conversation for it is due. */
  | { readonly type: 'key-due'; readonly season: number }
  /** The registrar takes keys of another season than the one asked for: ask again. */
  | { readonly type: 'other-season'; readonly season: number }
  /** The registrar gave the credential, and says where the aggregator is: empty where it does not know yet. */
  | { readonly type: 'enrolled'; readonly credential: Credential; readonly aggregator: string }
  /** The registrar took the meter in, or says why not. */
  | { readonly type: 'admitted' }
  | { readonly type: 'refused'; readonly by: 'registrar'; readonly reason: string }
  /** A total that leaves out what we sent, or counts what we did not send. */
  | { readonly type: 'misreported'; readonly slot: Slot; readonly kind: MisreportKind }
