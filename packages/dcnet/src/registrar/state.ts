/** What the registrar's machine is made of: configuration, inputs, outputs, state. */
import type { Tick } from '@hushgrid/machine'
import { type DropCounter, type Envelope, MessageType, RefusalPayload, sealEnvelope } from '@hushgrid/messages'
import {
  type Epoch,
  ed25519Verifier,
  type MeterId,
  type Millis,
  type ObisCode,
  type Rng,
  type SigningKey,
  type Slot,
  slotAt,
  toHex,
  type VerifierOf,
  type VerifyingKey
} from '@hushgrid/primitives'
import type { FaultKind, RegistrarRecord } from '../meter/journal.ts'
import type { CommonOutput, Incoming } from '../protocol/outputs.ts'
import type { HeldRoster, RosterBook } from '../roster/book.ts'
import type { CredentialCache } from '../roster/cache.ts'
import type { Credential } from '../roster/credential.ts'
import type { Recovery } from '../roster/roster.ts'

export interface RegistrarConfig {
  readonly identity: SigningKey
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  /** Checks signatures; Ed25519 unless a simulation stands in for it. */
  readonly verifier?: VerifierOf | undefined
  /** The aggregator's key; where it is left out the first that announces itself is taken, which is for labs. */
  readonly aggregatorKey?: MeterId | undefined
  readonly lanes: readonly ObisCode[]
  readonly recovery: Recovery
  readonly minMembers: number
  /** The mask graph's degree for that many members; throws where there is none. */
  readonly degreeFor: (members: number) => number
  /** Members to wait for before the first roster. */
  readonly formWith: number
  /** First slot of epoch 0, where the lab fixes it; otherwise the slot after the forming. */
  readonly firstSlot?: Slot | undefined
  /** Meter ids that may enrol; everybody where it is left out, which is for labs. */
  readonly allowed?: ReadonlySet<MeterId> | undefined
  /** How long a credential holds, in seconds. */
  readonly credentialSeconds: number
  readonly rng: Rng
  /** Where nodes of one process share what they have decoded. */
  readonly credentials?: CredentialCache | undefined
}

/** A meter that has a credential. */
export interface EnrolledMeter {
  readonly credential: Credential
  /** Drawn when it was admitted first; undefined before that. Kept for the season, whether it leaves or not. */
  readonly placement?: Uint8Array
  readonly addresses: readonly string[]
}

export type RegistrarInput =
  | Incoming
  | Tick
  /** An envelope on the enrol stream; answered by a `reply` output with the same token. */
  | { readonly type: 'enrol'; readonly from: MeterId; readonly bytes: Uint8Array; readonly token: number }
  /** The reply to a `probe`, or that there was none within its time. */
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
  /** What changed with the roster that was just signed. */
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
  /** The aggregator lost a slot or left members out in a way that what was witnessed contradicts. */
  | { readonly type: 'aggregator-fault'; readonly slot: Slot; readonly detail: string; readonly members: readonly MeterId[] }
  /** No roster can be made of the members there are, or some changes have to wait; said once. */
  | { readonly type: 'cannot-form'; readonly detail: string }

/** A member's message as it was heard. Its signature is checked once something hangs on it. */
export interface Heard {
  readonly envelope: Envelope
  readonly bytes: Uint8Array
  readonly at: Millis
  /** Who brought it. */
  readonly from: MeterId
  /** Whether it is the sender's and of the roster's shape; undefined until it was looked at. */
  valid: boolean | undefined
}

/** A request of the aggregator that was verified. */
export interface HeardRequest {
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
  readonly payloadHash: Uint8Array
  /** Positions of the members that it calls missing. */
  readonly members: readonly number[]
  /** Of a MaskRequest its round, of a ShareRequest `shares`; a RecoveryRequest is the one of its slot. */
  readonly round: number | 'shares'
  readonly at: Millis
}

/** The aggregator's result of a slot, verified. */
export interface HeardResult {
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
  /** Positions of the present members that a total leaves out; of a lost slot undefined. */
  readonly missing: readonly number[] | undefined
  readonly payload: Uint8Array
}

/** What the registrar has heard of one slot. */
export interface WitnessedSlot {
  /** The roster that the slot belongs to. */
  readonly held: HeldRoster
  /** By sender; several while it is not known which one is the sender's. */
  readonly submissions: Map<MeterId, Heard[]>
  readonly releases: Map<MeterId, Heard[]>
  /** ShareReleases of double mask. */
  readonly shares: Map<MeterId, Heard[]>
  readonly requests: HeardRequest[]
  /** Requests that must not both exist were heard. */
  conflicting: boolean
  /** Verified, by sender. */
  readonly disputes: Map<MeterId, Envelope[]>
  result: HeardResult | undefined
  /** The PresenceRequest of this slot. */
  question: Uint8Array | undefined
  /** Members that were asked whether they are there, and those that answered. */
  readonly probed: Set<MeterId>
  readonly answered: Set<MeterId>
  /** Members that owed a release: at fault if they answer. */
  readonly silent: Set<MeterId>
  /** What has been done: 0 nothing, 1 probed at the deadline, 2 looked at doubtful ones, 3 decided who was away. */
  stage: 0 | 1 | 2 | 3
  judged: boolean
}

export interface RegistrarState {
  readonly config: RegistrarConfig
  readonly book: RosterBook
  readonly drops: DropCounter
  readonly enrolled: Map<MeterId, EnrolledMeter>
  readonly byBlindingKey: Map<string, MeterId>
  /** Admitted and not in a roster yet. */
  readonly waiting: Set<MeterId>
  /** Members that have announced that they leave. */
  readonly leaving: Set<MeterId>
  /** Absent members that are back. */
  readonly returning: Set<MeterId>
  /** Members whose address is not the one that the roster came with. */
  readonly moved: Set<MeterId>
  /** Present members to be marked absent. */
  readonly away: Set<MeterId>
  /** The last slot in which a member was not there, and how many in a row. */
  readonly misses: Map<MeterId, { readonly slot: Slot; readonly times: number }>
  /** This season's faults, one a slot. */
  readonly faults: Map<MeterId, Map<Slot, FaultKind>>
  /** The last epochs' Roster envelopes, for those who were away. */
  readonly rosters: Map<Epoch, Uint8Array>
  readonly witnessed: Map<Slot, WitnessedSlot>
  /** First slot that was heard whole; nobody is judged by one before it. */
  readonly witnessFrom: Slot
  /** Verification keys of members, made at first use. */
  readonly keys: Map<MeterId, VerifyingKey>
  /** A roster of our own is about that the journal does not know: signing another for its epoch is what must not be. */
  behind: boolean
  /** What was said last of why no roster is made, and the changes that were tried. */
  cannotForm: { readonly detail: string; readonly tried: string } | undefined
  aggregator: { readonly key: MeterId; readonly verify: VerifyingKey; readonly address: string } | undefined
  ringSeed: Uint8Array
  wakeAt: Millis | undefined
}

/** Faults with which a member is left out until the next season. */
const MOST_FAULTS = 2

/** Whether a member is left out for its faults (PROTOCOL.md section 7). */
export function isExcluded(state: RegistrarState, id: MeterId): boolean {
  return (state.faults.get(id)?.size ?? 0) >= MOST_FAULTS
}

export function noteFault(state: RegistrarState, id: MeterId, slot: Slot, what: FaultKind): number | undefined {
  const faults = state.faults.get(id) ?? new Map<Slot, FaultKind>()
  if (faults.has(slot)) return undefined
  faults.set(slot, what)
  state.faults.set(id, faults)
  if (isExcluded(state, id)) for (const wish of [state.waiting, state.returning]) wish.delete(id)
  return faults.size
}

export function setAggregator(state: RegistrarState, key: MeterId, address: string): void {
  state.aggregator = { key, verify: (state.config.verifier ?? ed25519Verifier)(key), address }
}

export function remember(state: RegistrarState, meter: EnrolledMeter): void {
  state.enrolled.set(meter.credential.meterId, meter)
  state.byBlindingKey.set(toHex(meter.credential.blindingKey), meter.credential.meterId)
}

export function keyOf(state: RegistrarState, id: MeterId): VerifyingKey {
  let key = state.keys.get(id)
  if (!key) {
    key = (state.config.verifier ?? ed25519Verifier)(id)
    state.keys.set(id, key)
  }
  return key
}

/** Whether a member was heard of: whatever was counted against it is forgotten. */
export function isThere(state: RegistrarState, id: MeterId): void {
  state.misses.delete(id)
  state.away.delete(id)
}

/** Seals what comes before a roster: replies, refusals, the question whether a member is there. */
export function seal(state: RegistrarState, type: MessageType, payload: Uint8Array, now: Millis): Uint8Array {
  const { identity, networkId, slotSeconds } = state.config
  return sealEnvelope(identity, type, networkId, 0 as Epoch, slotAt(now, slotSeconds), payload)
}

export function refusal(state: RegistrarState, reason: string, now: Millis): Uint8Array {
  return seal(state, MessageType.Refusal, RefusalPayload.encode({ requestHash: new Uint8Array(32), reason: reason.slice(0, 400) }), now)
}

/** Epochs whose rosters are kept for those who were away … */
const KEPT_ROSTERS = 16
/** … and bytes that they may take; the latest is kept whatever it takes. */
const KEPT_BYTES = 64 * 1024 * 1024

/** Keeps a Roster envelope for those who ask for it; the oldest go. */
export function keepRoster(state: RegistrarState, epoch: Epoch, bytes: Uint8Array): void {
  const { rosters } = state
  rosters.set(epoch, bytes)
  let total = [...rosters.values()].reduce((sum, each) => sum + each.byteLength, 0)
  for (const [oldest, each] of rosters) {
    if (oldest === epoch || (rosters.size <= KEPT_ROSTERS && total <= KEPT_BYTES)) return
    rosters.delete(oldest)
    total -= each.byteLength
  }
}

/** Takes off the list what a roster has brought about; also one from the journal. */
export function settle(state: RegistrarState, { roster, addresses }: HeldRoster): void {
  const before = state.book.held.at(-2)
  if (before && before.roster.season < roster.season) state.faults.clear()
  const absentOrGone = (id: MeterId): boolean => {
    const index = roster.indexOf(id)
    return index === undefined || roster.isAbsent(index)
  }
  for (const id of state.waiting) if (roster.indexOf(id) !== undefined) state.waiting.delete(id)
  for (const id of state.leaving) if (roster.indexOf(id) === undefined) state.leaving.delete(id)
  // Every roster takes up all who had asked to be present again.
  state.returning.clear()
  for (const id of state.moved) {
    const index = roster.indexOf(id)
    if (index === undefined || addresses[index] === (state.enrolled.get(id)?.addresses[0] ?? '')) state.moved.delete(id)
  }
  for (const absent of [state.away, state.misses]) for (const id of absent.keys()) if (absentOrGone(id)) absent.delete(id)
}
