/**
 * The DC-net of PROTOCOL.md: pairwise masks that cancel in the sum. Registrar, aggregator and meter are machines without
 * I/O, each with its contract at the top of its `machine.ts`: create one from its journal, step it with each input, and
 * carry out its outputs in order.
 *
 * `src` has a folder for each role, none of which imports another. They share `masks`, `roster`, `transcript` and
 * `protocol`. `recovery-modes.ts` lists the parts that each mode of recovery brings.
 *
 * @example
 * Three meters mask their readings, and the sum of what they submit is the total.
 * ```ts
 * import { EpochMasks, networkId, RECOVERY, Roster, SharedSecrets } from '@hushgrid/dcnet'
 * import { addLanes, BlindingKey, epoch, meterId, obisCode, readingLanes, SeededRng, signedLanes, slot, zeroLanes } from '@hushgrid/primitives'
 *
 * const rng = new SeededRng('three meters')
 * const meters = [310n, 200n, 95n].map(reading => ({ id: meterId(rng.bytes(32)), key: new BlindingKey(rng.bytes(32)), reading }))
 * const own = { absent: false, laneMask: Uint8Array.of(1) } // each can fill the one lane
 * const members = meters.map(({ id, key }) => ({ ...own, meterId: id, blindingKey: key.publicKey, placement: rng.bytes(16) }))
 * const [ringSeed, previousRosterHash] = [rng.bytes(32), new Uint8Array(32)]
 * const [registrarKey, aggregatorKey] = [meterId(rng.bytes(32)), meterId(rng.bytes(32))]
 * const lanes = [{ obis: obisCode('1-0:1.29.0'), maxReading: 11_000, support: 3 }]
 * const graph = { degree: 2, minMembers: 3, recovery: RECOVERY.none, committed: false, ringSeed, lanes, cuts: [] }
 * const season = { season: 0, seasonFirstSlot: slot(1), seasonEndSlot: slot(97), firstSlot: slot(1), slotSeconds: 900 }
 * const head = { networkId: networkId('three'), epoch: epoch(0), previousRosterHash, registrarKey, aggregatorKey }
 * const roster = Roster.create({ ...head, ...season, ...graph }, members)
 * const total = zeroLanes(1)
 * for (const { id, key, reading } of meters) {
 *   const masks = new EpochMasks(roster, roster.indexOf(id) as number, new SharedSecrets(key))
 *   addLanes(total, addLanes(masks.mask(slot(1)), readingLanes([reading]))) // what one meter submits looks random
 * }
 * console.log(signedLanes(total)) // [ 605n ]
 * ```
 *
 * @packageDocumentation
 */

export { type AnnouncementOutcome, announcement } from './aggregator/announcement.ts'
export type { AggregatorConfig, AggregatorInput, AggregatorOutput } from './aggregator/contract.ts'
export type { AggregatorRecord, AggregatorSlotRecord } from './aggregator/journal.ts'
export { createAggregator, stepAggregator } from './aggregator/machine.ts'
export { membersIn, noResult } from './aggregator/results.ts'
export type { AggregatorState } from './aggregator/state.ts'
export { checkVectorCase, parseVectors } from './known-answers/cases.ts'
export { EpochMasks, MASK_BATCH_SLOTS, SharedSecrets } from './masks/edge-keys.ts'
export { owingRelease } from './masks/owing.ts'
export { PrivateMasks } from './masks/private-mask.ts'
export { type SeasonKey, type SeasonKeyStore, SeasonKeys } from './masks/season-keys.ts'
export { type PublishedMask, shareOwners, unmask } from './masks/share-recovery.ts'
export type { MeterConfig, MeterInput, MeterOutput } from './meter/contract.ts'
export type { MeterJournal, MeterRecord, MeterSlotRecord } from './meter/journal.ts'
export { createMeter, keyAgreements, stepMeter } from './meter/machine.ts'
export {
  type EnrollingMeter,
  type EnrolmentOutcome,
  enrolment,
  enrolNext,
  leave,
  type ReachAggregator
} from './meter/membership/enrolment.ts'
export { HONEST, type MeterRules } from './meter/rules.ts'
export type { MeterState } from './meter/state.ts'
export { type Evidence, findingText, lossText } from './protocol/findings.ts'
export type { Channel, CommonOutput, SlotResult, StreamName, Topic } from './protocol/outputs.ts'
export type { AsksForTime } from './protocol/protocol-clock.ts'
export { channelLimit } from './protocol/receive.ts'
export { recoveryOf } from './recovery-modes.ts'
export type { RegistrarConfig, RegistrarInput, RegistrarOutput } from './registrar/contract.ts'
export { type BarReason, type EnrolledMeter, type FaultKind, REMEMBERED_SLOTS, type RegistrarRecord } from './registrar/journal.ts'
export { createRegistrar, stepRegistrar } from './registrar/machine.ts'
export type { RegistrarState } from './registrar/state.ts'
export { type HeldRoster, RosterBook } from './roster/book.ts'
export { CredentialCache } from './roster/cache.ts'
export { decodeRoster } from './roster/check.ts'
export { type Credential, type CredentialLane, networkId, packCredential, unpackCredential } from './roster/credential.ts'
export { RECOVERY, type Recovery, type RosterMember } from './roster/fields.ts'
export type { Chain } from './roster/missed.ts'
export { DEFAULT_FLOORS, type RosterFloors } from './roster/policy.ts'
export { RosterRefusedError } from './roster/refused.ts'
export { Roster, rosterSignedBytes } from './roster/roster.ts'
export type { RosterRecord } from './roster/snapshot.ts'
export type { NetworkLane } from './transcript/lane-counts.ts'
export { withheldIn } from './transcript/lane-counts.ts'
export { TranscriptError } from './transcript/replay/envelopes.ts'
export type { RequestDraft, Requests } from './transcript/requests.ts'
export { plausible } from './transcript/total.ts'
export { type ReplayedSlot, replaySlot } from './transcript/transcript.ts'
