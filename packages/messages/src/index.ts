/**
 * The messages of all protocols: the protobuf schema's payloads, the signed envelope around each, the largest size of every
 * type, and the reasons for which a receiver drops one. Bytes in, typed values out; nothing here knows a role or a network.
 *
 * ```ts
 * const payload = LeaveRequest.encode({ unixMillis: 1_767_225_600_000 })
 * const bytes = sealEnvelope(identity, MessageType.LeaveRequest, networkId, epoch(0), slot(7), payload)
 * const envelope = decodeEnvelope(bytes)
 * verifyEnvelope(envelope, new VerifyKey(envelope.sender), networkId) // true
 * ```
 *
 * The schema is `src/hushgrid.proto`; `pnpm generate` makes `src/pb` from it.
 *
 * @packageDocumentation
 */

export { Drop, DropCounter, type DropCounts, type DropReason, FLOOD_ALLOWANCE, type Verdict, verdictOf } from './drops.ts'
export { decodeEnvelope, type Envelope, MessageType, sealEnvelope, signedBytes, verifyEnvelope } from './envelope.ts'
export { MalformedMessageError } from './errors.ts'
export {
  ENVELOPE_OVERHEAD,
  envelopeLimit,
  MAX_ADDRESS,
  MAX_ADDRESSES,
  MAX_CREDENTIAL,
  MAX_DELIVERED_BATCH,
  MAX_LANES,
  MAX_MEMBERS,
  MAX_PES_BATCH,
  PAYLOAD_LIMIT
} from './limits.ts'
export { countMemberSet, decodeMemberSet, encodeMemberSet, inMemberSet } from './member-set.ts'
export {
  AggregatorRequest,
  BillDelivery,
  DeliveryReply,
  DisputePayload,
  DisputeReply,
  EdgeOpeningPayload,
  EdgeRequestPayload,
  EnrolReply,
  EnrolRequest,
  JoinReply,
  JoinRequest,
  type LaneCount,
  LeaveRequest,
  LossReason,
  MASK_ROUNDS,
  MAX_CHANGES,
  MAX_REFUSAL,
  MaskReleasePayload,
  MaskRequestPayload,
  MaskWordPayload,
  MissingPayload,
  PaillierKeyPayload,
  PeriodAggregate,
  PesAggregate,
  PesBatch,
  PesBatchReply,
  PesJoin,
  PesJoinReply,
  PesLeave,
  PesReading,
  PesSetupPayload,
  PesSetupRequest,
  PesVariant,
  PresenceReply,
  PresenceRequest,
  ReadingDelivery,
  RecoveryRequestPayload,
  RefusalPayload,
  RosterDeltaPayload,
  RosterPayload,
  RosterRequest,
  SHARE_BYTES,
  ShareReleasePayload,
  ShareRequestPayload,
  SlotLostPayload,
  SlotTotalPayload,
  SlotTranscript,
  SubmissionPayload,
  SyncReply,
  SyncRequest,
  syncReplyWith,
  syncRequestWith,
  TAG_BYTES,
  TIME_NONCE_BYTES,
  TimeReply,
  TimeRequest
} from './payloads.ts'
