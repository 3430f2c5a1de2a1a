// Codecs of the payloads: protobuf by the generated code, then the bounds that the schema cannot express.
import { checkLength, equalBytes, InvalidArgumentError } from '@hushgrid/primitives'
import type { DecodeOptions } from 'protons-runtime'
import { MalformedMessageError } from './errors.ts'
import { MAX_ADDRESS, MAX_ADDRESSES, MAX_CREDENTIAL, MAX_DELIVERED_BATCH, MAX_DELIVERED_BILL, MAX_LANES, MAX_MEMBERS } from './limits.ts'
import * as pb from './pb/hushgrid.js'

/** The generated types ask for bytes over an ArrayBuffer; any bytes will do. */
type Loose<T> = T extends Uint8Array
  ? Uint8Array
  : T extends (infer Item)[]
    ? Loose<Item>[]
    : T extends object
      ? { [K in keyof T]: Loose<T[K]> }
      : T

/** Encoder and decoder of one payload type. */
export interface PayloadCodec<T> {
  /** Encodes to protobuf bytes. */
  encode(value: Loose<T>): Uint8Array
  /** @throws MalformedMessageError on bytes that are not such a payload, in the one encoding that it has */
  decode(bytes: Uint8Array): T
}

interface Generated<T> {
  encode(value: Partial<T>): Uint8Array
  decode(bytes: Uint8Array, options?: DecodeOptions<T>): T
}

/** Makes a codec; `check` throws InvalidArgumentError or MalformedMessageError where a field is not what it must be. */
function codec<T>(name: string, generated: Generated<T>, check: (value: T) => void, options?: DecodeOptions<T>): PayloadCodec<T> {
  return {
    encode: value => generated.encode(value as T),
    decode: bytes => {
      let value: T
      try {
        value = generated.decode(bytes, options)
      } catch {
        throw new MalformedMessageError('malformed', `${name}: expected its protobuf within the limits`)
      }
      try {
        check(value)
      } catch (cause) {
        if (cause instanceof InvalidArgumentError) throw new MalformedMessageError('bad-field', `${name}: ${cause.message}`)
        throw cause
      }
      // Two encodings of one payload would be two messages for what hangs on a hash (PROTOCOL.md section 10).
      if (!equalBytes(generated.encode(value), bytes))
        throw new MalformedMessageError('not-canonical', `${name}: expected the canonical encoding`)
      return value
    }
  }
}

function checkCredential({ byteLength }: Uint8Array): void {
  if (byteLength > MAX_CREDENTIAL) throw new InvalidArgumentError('credential', `at most ${MAX_CREDENTIAL} bytes`, String(byteLength))
}

function checkAddresses(addresses: readonly string[]): void {
  for (const address of addresses) {
    if (address.length > MAX_ADDRESS) throw new InvalidArgumentError('address', `at most ${MAX_ADDRESS} characters`, String(address.length))
  }
}

export type EnrolRequest = pb.EnrolRequest
export const EnrolRequest = codec<pb.EnrolRequest>('EnrolRequest', pb.EnrolRequest, value =>
  checkLength(value.blindingKey, 32, 'blindingKey')
)

export type EnrolReply = pb.EnrolReply
export const EnrolReply = codec<pb.EnrolReply>('EnrolReply', pb.EnrolReply, value => {
  if (value.refused === '') checkCredential(value.credential)
  checkAddresses([value.aggregator])
})

export type JoinRequest = pb.JoinRequest
export const JoinRequest = codec<pb.JoinRequest>('JoinRequest', pb.JoinRequest, value => checkAddresses(value.addresses), {
  limits: { addresses: MAX_ADDRESSES }
})

export type JoinReply = pb.JoinReply
export const JoinReply = codec<pb.JoinReply>('JoinReply', pb.JoinReply, () => {})

export type AggregatorRequest = pb.AggregatorRequest
export const AggregatorRequest = codec<pb.AggregatorRequest>(
  'AggregatorRequest',
  pb.AggregatorRequest,
  value => checkAddresses(value.addresses),
  { limits: { addresses: MAX_ADDRESSES } }
)

export type RosterRequest = pb.RosterRequest
export const RosterRequest = codec<pb.RosterRequest>('RosterRequest', pb.RosterRequest, () => {})

export type RosterPayload = pb.RosterPayload
export const RosterPayload = codec<pb.RosterPayload>('Roster', pb.RosterPayload, value => {
  checkLength(value.signature, 64, 'signature')
  checkAddresses([...value.addresses, value.aggregatorAddress])
})

/** Changes of each kind that one delta may hold; with more the registrar sends the whole roster. */
export const MAX_CHANGES = 4096

export type RosterDeltaPayload = pb.RosterDeltaPayload
export const RosterDeltaPayload = codec<pb.RosterDeltaPayload>(
  'RosterDelta',
  pb.RosterDeltaPayload,
  value => {
    checkLength(value.signature, 64, 'signature')
    for (const { entry } of value.joined) checkLength(entry, 80, 'joined entry')
    for (const { credential } of [...value.joined, ...value.renewed]) checkCredential(credential)
    for (const cut of value.cuts) checkLength(cut, 64, 'cut')
    checkAddresses([...value.joined, ...value.moved].map(each => each.address))
    checkAddresses([value.aggregatorAddress])
  },
  {
    limits: {
      joined: MAX_CHANGES,
      left: MAX_CHANGES,
      absent: MAX_CHANGES,
      present: MAX_CHANGES,
      renewed: MAX_CHANGES,
      moved: MAX_CHANGES,
      cuts: MAX_CHANGES,
      leaves: MAX_CHANGES,
      proofs: MAX_CHANGES
    }
  }
)

export type LeaveRequest = pb.LeaveRequest
export const LeaveRequest = codec<pb.LeaveRequest>('LeaveRequest', pb.LeaveRequest, () => {})

export type PresenceRequest = pb.PresenceRequest
export const PresenceRequest = codec<pb.PresenceRequest>('PresenceRequest', pb.PresenceRequest, () => {})

export type PresenceReply = pb.PresenceReply
export const PresenceReply = codec<pb.PresenceReply>('PresenceReply', pb.PresenceReply, () => {})

/** Envelopes in one DisputeReply. */
const MAX_ANSWERS = 4

export type DisputeReply = pb.DisputeReply
export const DisputeReply = codec<pb.DisputeReply>(
  'DisputeReply',
  pb.DisputeReply,
  value => {
    if (value.acknowledged.byteLength !== 0) checkLength(value.acknowledged, 32, 'acknowledged')
  },
  { limits: { envelopes: MAX_ANSWERS } }
)

/** Bytes of the nonce that makes an answer about the time fresh (PROTOCOL.md section 3). */
export const TIME_NONCE_BYTES = 16

export type TimeRequest = pb.TimeRequest
export const TimeRequest = codec<pb.TimeRequest>('TimeRequest', pb.TimeRequest, value =>
  checkLength(value.nonce, TIME_NONCE_BYTES, 'nonce')
)

const LAST_DATE = 8_640_000_000_000_000

export type TimeReply = pb.TimeReply
export const TimeReply = codec<pb.TimeReply>('TimeReply', pb.TimeReply, value => {
  checkLength(value.nonce, TIME_NONCE_BYTES, 'nonce')
  // Beyond it no date can be written, by ECMAScript's `Date`.
  if (value.unixMillis > LAST_DATE) throw new InvalidArgumentError('unixMillis', `at most ${LAST_DATE}`, String(value.unixMillis))
})

/** Bytes of a share's tag (PROTOCOL.md section 7). */
export const TAG_BYTES = 8

export type SubmissionPayload = pb.SubmissionPayload
export const SubmissionPayload = codec<pb.SubmissionPayload>('Submission', pb.SubmissionPayload, value => {
  if (value.check.byteLength !== 0) checkLength(value.check, SHARE_BYTES, 'check')
  if (value.corrections.byteLength % SHARE_BYTES !== 0)
    throw new InvalidArgumentError('corrections', `${SHARE_BYTES} bytes each`, `${value.corrections.byteLength}`)
  if (value.tags.byteLength % TAG_BYTES !== 0) throw new InvalidArgumentError('tags', `${TAG_BYTES} bytes each`, `${value.tags.byteLength}`)
})

export type SlotTotalPayload = pb.SlotTotalPayload
export const SlotTotalPayload = codec<pb.SlotTotalPayload>('SlotTotal', pb.SlotTotalPayload, value =>
  checkLength(value.transcriptHash, 32, 'transcriptHash')
)

export type SlotLostPayload = pb.SlotLostPayload
export const SlotLostPayload = codec<pb.SlotLostPayload>('SlotLost', pb.SlotLostPayload, value => {
  if (value.reason === pb.LossReason.NotSaid) throw new InvalidArgumentError('reason', 'one of the reasons', 'none')
})

export type MissingPayload = pb.MissingPayload
export const MissingPayload = codec<pb.MissingPayload>('Missing', pb.MissingPayload, () => {})

export type RecoveryRequestPayload = pb.RecoveryRequestPayload
export const RecoveryRequestPayload = codec<pb.RecoveryRequestPayload>('RecoveryRequest', pb.RecoveryRequestPayload, () => {})

export type MaskReleasePayload = pb.MaskReleasePayload
export const MaskReleasePayload = codec<pb.MaskReleasePayload>('MaskRelease', pb.MaskReleasePayload, value =>
  checkLength(value.requestHash, 32, 'requestHash')
)

/** MaskRequests that an aggregator may make in a slot (PROTOCOL.md section 7): rounds 0 to 5. */
export const MASK_ROUNDS = 6

export type MaskRequestPayload = pb.MaskRequestPayload
export const MaskRequestPayload = codec<pb.MaskRequestPayload>('MaskRequest', pb.MaskRequestPayload, value => {
  if (value.round >= MASK_ROUNDS) throw new InvalidArgumentError('round', `0 to ${MASK_ROUNDS - 1}`, String(value.round))
})

export type ShareRequestPayload = pb.ShareRequestPayload
export const ShareRequestPayload = codec<pb.ShareRequestPayload>('ShareRequest', pb.ShareRequestPayload, () => {})

/** Bytes of a share, a correction, a seed and a check value (PROTOCOL.md section 7). */
export const SHARE_BYTES = 16

export type ShareReleasePayload = pb.ShareReleasePayload
export const ShareReleasePayload = codec<pb.ShareReleasePayload>('ShareRelease', pb.ShareReleasePayload, value => {
  checkLength(value.requestHash, 32, 'requestHash')
  if (value.shares.byteLength % SHARE_BYTES !== 0)
    throw new InvalidArgumentError('shares', `${SHARE_BYTES} bytes each`, `${value.shares.byteLength} in all`)
})

export type MaskWordPayload = pb.MaskWordPayload
export const MaskWordPayload = codec<pb.MaskWordPayload>('MaskWord', pb.MaskWordPayload, value =>
  checkLength(value.requestHash, 32, 'requestHash')
)

export type EdgeRequestPayload = pb.EdgeRequestPayload
export const EdgeRequestPayload = codec<pb.EdgeRequestPayload>('EdgeRequest', pb.EdgeRequestPayload, () => {})

/** Bytes of an edge opening: Z, e and z (PROTOCOL.md section 7). */
export const OPENING_BYTES = 96

export type EdgeOpeningPayload = pb.EdgeOpeningPayload
export const EdgeOpeningPayload = codec<pb.EdgeOpeningPayload>('EdgeOpening', pb.EdgeOpeningPayload, value => {
  checkLength(value.requestHash, 32, 'requestHash')
  checkLength(value.opening, OPENING_BYTES, 'opening')
})

export type DisputePayload = pb.DisputePayload
export const DisputePayload = codec<pb.DisputePayload>('Dispute', pb.DisputePayload, value =>
  checkLength(value.requestHash, 32, 'requestHash')
)

export type RefusalPayload = pb.RefusalPayload
export const RefusalPayload = codec<pb.RefusalPayload>('Refusal', pb.RefusalPayload, value =>
  checkLength(value.requestHash, 32, 'requestHash')
)

export type SyncRequest = pb.SyncRequest
export const SyncRequest = codec<pb.SyncRequest>('SyncRequest', pb.SyncRequest, () => {})

/** Words in one SyncReply: one of each neighbour. */
const MAX_WORDS = 254
const NOTHING = new Uint8Array(0)

export type SyncReply = pb.SyncReply
export const SyncReply = codec<pb.SyncReply>('SyncReply', pb.SyncReply, () => {}, { limits: { words: MAX_WORDS } })

/** Encodes a SyncRequest that brings an envelope. */
export function syncRequestWith(envelope: Uint8Array): Uint8Array {
  return SyncRequest.encode({ envelope, transcript: false, slot: 0, words: NOTHING })
}

/** Encodes a SyncReply that says whether a request was served: why not, or the empty string. */
export function syncReplyWith(refused: string): Uint8Array {
  return SyncReply.encode({ refused, words: [] })
}

export type PesVariant = pb.PesVariant
export const PesVariant = pb.PesVariant

export type PesSetupRequest = pb.PesSetupRequest
export const PesSetupRequest = codec<pb.PesSetupRequest>('PesSetupRequest', pb.PesSetupRequest, () => {})

export type PaillierKeyPayload = pb.PaillierKeyPayload
export const PaillierKeyPayload = codec<pb.PaillierKeyPayload>('PaillierKey', pb.PaillierKeyPayload, value => {
  if (value.variant === pb.PesVariant.NoVariant) throw new InvalidArgumentError('variant', 'one of the variants', 'none')
  const direct = value.variant === pb.PesVariant.Direct
  checkLength(value.splitHash, direct ? 32 : 0, 'splitHash')
  checkLength(value.dealerSignature, direct ? 64 : 0, 'dealerSignature')
})

export type PesSetupPayload = pb.PesSetupPayload
export const PesSetupPayload = codec<pb.PesSetupPayload>('PesSetup', pb.PesSetupPayload, () => {}, { limits: { lanes: MAX_LANES } })

export type PesJoin = pb.PesJoin
export const PesJoin = codec<pb.PesJoin>('PesJoin', pb.PesJoin, () => {})

export type PesJoinReply = pb.PesJoinReply
export const PesJoinReply = codec<pb.PesJoinReply>('PesJoinReply', pb.PesJoinReply, () => {})

export type PesLeave = pb.PesLeave
export const PesLeave = codec<pb.PesLeave>('PesLeave', pb.PesLeave, () => {})

export type PesReading = pb.PesReading
export const PesReading = codec<pb.PesReading>('PesReading', pb.PesReading, () => {})

/** Readings, and members, that one message to the PES may have. */
const MAX_BATCHED = 1024

export type PesBatch = pb.PesBatch
export const PesBatch = codec<pb.PesBatch>('PesBatch', pb.PesBatch, () => {}, { limits: { members: MAX_BATCHED, readings: MAX_BATCHED } })

export type PesBatchReply = pb.PesBatchReply
export const PesBatchReply = codec<pb.PesBatchReply>('PesBatchReply', pb.PesBatchReply, () => {}, {
  limits: { dropped: 2 * MAX_BATCHED, periods: MAX_MEMBERS }
})

export type PesAggregate = pb.PesAggregate
export const PesAggregate = codec<pb.PesAggregate>('PesAggregate', pb.PesAggregate, () => {})

export type PeriodAggregate = pb.PeriodAggregate
export const PeriodAggregate = codec<pb.PeriodAggregate>('PeriodAggregate', pb.PeriodAggregate, value =>
  checkLength(value.meterId, 32, 'meterId')
)

export type ReadingDelivery = pb.ReadingDelivery
export const ReadingDelivery = codec<pb.ReadingDelivery>('ReadingDelivery', pb.ReadingDelivery, value =>
  checkDelivered(value.batch, 'batch', MAX_DELIVERED_BATCH)
)

export type BillDelivery = pb.BillDelivery
export const BillDelivery = codec<pb.BillDelivery>('BillDelivery', pb.BillDelivery, value =>
  checkDelivered(value.bill, 'bill', MAX_DELIVERED_BILL)
)

/** Characters of the sentence that refuses a delivery. */
export const MAX_REFUSAL = 480

export type DeliveryReply = pb.DeliveryReply
export const DeliveryReply = codec<pb.DeliveryReply>('DeliveryReply', pb.DeliveryReply, ({ taken, refused }) => {
  if (refused === '') checkLength(taken, 32, 'taken')
  else if (taken.byteLength !== 0) throw new InvalidArgumentError('taken', 'none where it is refused', `${taken.byteLength} bytes`)
  if (refused.length > MAX_REFUSAL) throw new InvalidArgumentError('refused', `at most ${MAX_REFUSAL} characters`, String(refused.length))
})

function checkDelivered({ byteLength }: Uint8Array, what: string, most: number): void {
  if (byteLength < 1 || byteLength > most) throw new InvalidArgumentError(what, `1 to ${most} bytes`, String(byteLength))
}

/** A lane at a slot, for readers. */
export type LaneCount = pb.LaneCount

export type SlotTranscript = pb.SlotTranscript
export const SlotTranscript = codec<pb.SlotTranscript>('SlotTranscript', pb.SlotTranscript, () => {})

export type LossReason = pb.LossReason
export const LossReason = pb.LossReason
