export { createAggregator, stepAggregator } from './aggregator/machine.ts'
export { membersIn, noResult } from './aggregator/results.ts'
export type { AggregatorConfig, AggregatorInput, AggregatorOutput, AggregatorState } from './aggregator/state.ts'
export { checkVectorCase, parseVectors } from './known-answers/cases.ts'
export { EpochMasks, MASK_BATCH_SLOTS, SharedSecrets } from './masks/edge-keys.ts'
export { owingRelease } from './masks/owing.ts'
export { PrivateMasks } from './masks/private-mask.ts'
export { type PublishedMask, shareOwners, unmask } from './masks/share-recovery.ts'
export type {
  AggregatorRecord,
  AggregatorSlotRecord,
  FaultKind,
  MeterJournal,
  MeterRecord,
  MeterSlotRecord,
  RegistrarRecord,
  RosterRecord
} from './meter/journal.ts'
export { createMeter, keyAgreements, stepMeter } from './meter/machine.ts'
export type { BrokenRule, MeterConfig, MeterInput, MeterOutput, MeterState } from './meter/state.ts'
export type { Channel, CommonOutput, SlotResult, StreamName, Topic } from './protocol/outputs.ts'
export { channelLimit } from './protocol/receive.ts'
export { createRegistrar, stepRegistrar } from './registrar/machine.ts'
export type { EnrolledMeter, RegistrarConfig, RegistrarInput, RegistrarOutput, RegistrarState } from './registrar/state.ts'
export { type HeldRoster, RosterBook } from './roster/book.ts'
export { CredentialCache } from './roster/cache.ts'
export { DEFAULT_FLOORS, decodeRoster, type RosterFloors } from './roster/check.ts'
export { networkId } from './roster/credential.ts'
export { RosterRefusedError } from './roster/refused.ts'
export { RECOVERY, type Recovery, Roster, type RosterMember, rosterSignedBytes } from './roster/roster.ts'
export { plausible } from './transcript/total.ts'
export { replaySlot, TranscriptError } from './transcript/transcript.ts'
