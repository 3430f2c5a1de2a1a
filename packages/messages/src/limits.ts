// Sizes of messages (PROTOCOL.md section 10): the largest payload of each type, and the bounds within one.
import { MessageType } from './pb/hushgrid.js'

/** Lanes that a roster may name. */
export const MAX_LANES = 64
/** Members that a roster may have (PROTOCOL.md section 3 bounds n by the same number). */
export const MAX_MEMBERS = 65_535
/** Characters of one multiaddr. */
export const MAX_ADDRESS = 256
/** Multiaddrs that one meter may announce. */
export const MAX_ADDRESSES = 8

/** One message between concentrator and PES, bytes: readings and members go in several. */
export const MAX_PES_BATCH = 256 * 1024

/** One batch of a meter's readings, bytes. A month of quarter-hours in two lanes has 48 kB. */
export const MAX_DELIVERED_BATCH = 512 * 1024
/** One bill as a customer sends it, bytes. A month of quarter-hours in two lanes has 190 kB, a year of half-hours 560 kB. */
export const MAX_DELIVERED_BILL = 1024 * 1024

/** One credential as it travels, bytes: dates, a signature, and an OBIS code of at most 20 characters with its consent a lane. */
export const MAX_CREDENTIAL = 16 + 1 + 22 * MAX_LANES + 64

const setOfMembers = Math.ceil(MAX_MEMBERS / 8) + 4
const lanes = 8 * MAX_LANES + 4

/** Largest payload of each type in bytes, checked before it is decoded. */
export const PAYLOAD_LIMIT: Readonly<Record<MessageType, number>> = {
  [MessageType.Unspecified]: 0,
  [MessageType.EnrolRequest]: 64 + MAX_CREDENTIAL,
  [MessageType.EnrolReply]: 512 + MAX_CREDENTIAL + MAX_ADDRESS,
  [MessageType.JoinRequest]: MAX_ADDRESSES * (MAX_ADDRESS + 4) + 16,
  [MessageType.JoinReply]: 24 * 1024 * 1024,
  // A member takes 82 bytes of roster, about 110 of credential and its multiaddr. A JoinReply has a submission besides.
  [MessageType.Roster]: 24 * 1024 * 1024 - 8 * 1024,
  // Lanes, and with double mask 24 bytes for each of at most 254 neighbours and a check value.
  [MessageType.Submission]: lanes + 24 * 255 + 16,
  [MessageType.SlotTotal]: setOfMembers + lanes + 64,
  [MessageType.SlotLost]: setOfMembers + 64,
  [MessageType.Missing]: setOfMembers,
  [MessageType.RecoveryRequest]: setOfMembers,
  [MessageType.MaskRelease]: lanes + 64,
  [MessageType.Dispute]: 64,
  [MessageType.Refusal]: 512,
  [MessageType.MaskRequest]: setOfMembers + 8,
  [MessageType.ShareRequest]: setOfMembers,
  // 16 bytes for each of at most 254 neighbours.
  [MessageType.ShareRelease]: 16 * 254 + 64,
  [MessageType.MaskWord]: 64,
  // A ShareRequest, a Submission and a ShareRelease, each in its envelope.
  [MessageType.EdgeRequest]: setOfMembers + lanes + 40 * 255 + 1024,
  [MessageType.Conflict]: setOfMembers + lanes + 40 * 255 + 1024,
  [MessageType.EdgeOpening]: 160,
  [MessageType.RosterRequest]: 64,
  [MessageType.AggregatorRequest]: MAX_ADDRESSES * (MAX_ADDRESS + 4),
  [MessageType.RosterDelta]: 4 * 1024 * 1024,
  [MessageType.PresenceRequest]: 16,
  [MessageType.PresenceReply]: 16,
  [MessageType.LeaveRequest]: 16,
  [MessageType.PesSetupRequest]: 16,
  [MessageType.PesSetup]: 8192,
  [MessageType.PaillierKey]: 2048,
  [MessageType.PesJoin]: 1024,
  [MessageType.PesJoinReply]: 512,
  [MessageType.PesLeave]: 16,
  // Under a key of 4096 bits: ciphertext and announcement, responses to lanes that fill the plaintext, nonce and tag.
  [MessageType.PesReading]: 2 * 1024 + (512 + 32) + (256 + 32) + 28 + 16,
  [MessageType.PesBatch]: MAX_PES_BATCH,
  [MessageType.PesBatchReply]: MAX_PES_BATCH,
  [MessageType.PesAggregate]: 2 * setOfMembers + 4096,
  [MessageType.PeriodAggregate]: 4096,
  [MessageType.ReadingDelivery]: MAX_DELIVERED_BATCH + 8,
  [MessageType.BillDelivery]: MAX_DELIVERED_BILL + 8,
  [MessageType.TimeRequest]: 32,
  [MessageType.TimeReply]: 48
}

/** Most bytes of an envelope around its payload: sender, type, epoch, slot, signature and their tags. */
export const ENVELOPE_OVERHEAD = 2 + 32 + 3 + 11 + 11 + 6 + 2 + 64

/** Largest envelope of the given types in bytes. */
export function envelopeLimit(types: readonly MessageType[]): number {
  return ENVELOPE_OVERHEAD + Math.max(...types.map(type => PAYLOAD_LIMIT[type]))
}
