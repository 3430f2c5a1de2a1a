// A registrar, books that follow it, and members and an aggregator that say what a test has them say. Virtual time, no
// state machines but the registrar's.
import {
  DisputePayload,
  DisputeReply,
  decodeEnvelope,
  EnrolReply,
  EnrolRequest,
  encodeMemberSet,
  JoinReply,
  JoinRequest,
  LeaveRequest,
  type LossReason,
  MaskReleasePayload,
  MessageType,
  PresenceReply,
  RecoveryRequestPayload,
  RefusalPayload,
  SlotLostPayload,
  SlotTotalPayload,
  SubmissionPayload,
  sealEnvelope
} from '@hushgrid/messages'
import {
  BlindingKey,
  DEFAULT_LANES,
  defaultMaxReading,
  type Epoch,
  ed25519Verifier,
  IdentityKey,
  type MeterId,
  millis,
  SeededRng,
  type Slot,
  sha256,
  slotAt,
  slot as slotOf,
  slotTimes
} from '@hushgrid/primitives'
import type { Topic } from '../../src/protocol/outputs.ts'
import type { RegistrarConfig, RegistrarInput, RegistrarOutput } from '../../src/registrar/contract.ts'
import type { RegistrarRecord } from '../../src/registrar/journal.ts'
import { createRegistrar, stepRegistrar } from '../../src/registrar/machine.ts'
import type { RegistrarState } from '../../src/registrar/state.ts'
import { RosterBook } from '../../src/roster/book.ts'
import type { CredentialCache } from '../../src/roster/cache.ts'
import { type CredentialLane, encodeLanes, networkId } from '../../src/roster/credential.ts'
import type { OwnEntry, RosterPolicy } from '../../src/roster/policy.ts'
import type { Roster } from '../../src/roster/roster.ts'

export interface Member {
  readonly identity: IdentityKey
  readonly blinding: BlindingKey
  readonly id: MeterId
  address: string
  /** What it can fill, with its household's consents. */
  lanes: readonly CredentialLane[]
  /** Answers when it is asked whether it is there. */
  answers: boolean
  /** Says nothing to a request that the registrar hands over. */
  silent: boolean
  /** Answers to such a request, in place of its refusal. */
  says?: readonly Uint8Array[]
}

export interface RegistryOptions {
  readonly members: number
  readonly minMembers?: number
  readonly degree?: number
  readonly recovery?: 0 | 1
  readonly seed?: string
  readonly credentialSeconds?: number
  readonly seasonSlots?: number
  readonly changeSlots?: number
  /** What the member that comes as the i-th can fill; all lanes, without consent, unless set. */
  readonly lanesOf?: (i: number) => readonly CredentialLane[]
  readonly support?: number
  /** False outside a lab: who comes and goes is limited. */
  readonly lab?: boolean
}

export const SLOT_SECONDS = 900
const FIRST = 1_900_000
/** Seven days. */
const LONGEST_SEASON = 672
/** Lanes of a meter that can fill them all, without its household's consent. */
export const ALL_LANES: readonly CredentialLane[] = DEFAULT_LANES.map(obis => ({ obis, consent: false }))
const NONE = new Uint8Array(0)

export class Registry {
  readonly rng: SeededRng
  readonly networkId = networkId('registry')
  readonly identity: IdentityKey
  readonly aggregator: IdentityKey
  readonly config: RegistrarConfig
  readonly members: Member[] = []
  readonly journal: RegistrarRecord[] = []
  readonly outputs: RegistrarOutput[] = []
  /** Everything that the registrar has published, oldest first. */
  readonly published: Uint8Array[] = []
  readonly book: RosterBook
  state: RegistrarState
  now = millis(slotTimes(slotOf(FIRST), SLOT_SECONDS).start - 1000)
  /** Requests to join or leave that members have made. */
  private requests = 0
  /** Signatures that the registrar has checked. */
  verified = 0

  constructor(options: RegistryOptions) {
    const { members, minMembers = 3, degree = 4, recovery = 1, seed = 'registry' } = options
    const { credentialSeconds = 86_400 * 30, seasonSlots = LONGEST_SEASON, changeSlots = 1, lab = true } = options
    this.rng = new SeededRng(seed)
    this.identity = IdentityKey.generate(this.rng)
    this.aggregator = IdentityKey.generate(this.rng)
    this.config = {
      identity: this.identity,
      networkId: this.networkId,
      slotSeconds: SLOT_SECONDS,
      aggregatorKey: this.aggregator.id,
      lanes: DEFAULT_LANES.map(obis => ({ obis, maxReading: defaultMaxReading(SLOT_SECONDS), support: options.support ?? minMembers })),
      lab,
      changeSlots,
      seasonSlots,
      recovery,
      minMembers,
      degreeFor: () => degree,
      formWith: members,
      firstSlot: slotOf(FIRST),
      credentialSeconds,
      rng: this.rng,
      verifier: id => {
        const key = ed25519Verifier(id)
        return {
          verify: (message, signature) => {
            this.verified++
            return key.verify(message, signature)
          }
        }
      }
    }
    this.book = new RosterBook(this.policy())
    this.journal.push({ kind: 'aggregator', key: this.aggregator.id, address: '/ip4/10.0.0.1/tcp/4000' })
    this.state = createRegistrar(this.config, this.journal, this.now)
    this.step({ type: 'line', meterId: this.aggregator.id, up: true })
    for (let i = 0; i < members; i++) this.join(this.newMember(options.lanesOf?.(i)))
    this.until(slotTimes(slotOf(FIRST), SLOT_SECONDS).start + 10)
  }

  policy(credentials?: CredentialCache): RosterPolicy {
    const { networkId, slotSeconds, changeSlots } = this.config
    return { networkId, slotSeconds, changeSlots, registrarKey: this.identity.id, credentials }
  }

  newMember(lanes = ALL_LANES): Member {
    const identity = IdentityKey.generate(this.rng)
    const address = `/ip4/10.0.1.${this.members.length + 1}/tcp/4001`
    const member = { identity, blinding: BlindingKey.generate(this.rng), id: identity.id, address, lanes, answers: true, silent: false }
    this.members.push(member)
    this.line(member, true)
    this.enrol(member)
    return member
  }

  enrol({ blinding, lanes, ...member }: Member, season = this.state.book.latest?.roster.season ?? 0): EnrolReply {
    const payload = EnrolRequest.encode({ blindingKey: blinding.publicKey, season, lanes: encodeLanes(lanes) })
    return EnrolReply.decode(this.ask(member, MessageType.EnrolRequest, payload))
  }

  /** Feeds the registrar; what it publishes goes to the book, what it probes is answered by who answers. */
  step(input: RegistrarInput): RegistrarOutput[] {
    const { state, outputs } = stepRegistrar(this.state, input, this.now)
    this.state = state
    this.outputs.push(...outputs)
    for (const output of outputs) {
      if (output.type === 'journal') this.journal.push(output.record)
      else if (output.type === 'publish') {
        this.published.push(output.bytes)
        this.book.receive(decodeEnvelope(output.bytes), output.bytes, this.now)
      } else if (output.type === 'probe') this.answerProbe(output.to, decodeEnvelope(output.bytes).slot)
      else if (output.type === 'hand') this.answerHand(output.to, output.bytes)
    }
    return outputs
  }

  private answerProbe(to: MeterId, slot: Slot): void {
    const member = this.member(to)
    const bytes = member.answers
      ? sealEnvelope(member.identity, MessageType.PresenceReply, this.networkId, 0 as Epoch, slot, PresenceReply.encode({}))
      : undefined
    this.step({ type: 'probed', meterId: to, bytes })
  }

  /** A member that is there takes a request over, and refuses it unless it is silent. */
  private answerHand(to: MeterId, request: Uint8Array): void {
    const member = this.member(to)
    const { slot, payload } = decodeEnvelope(request)
    const refusal = RefusalPayload.encode({ requestHash: sha256(payload), reason: 'not now' })
    const envelopes = member.says?.slice() ?? (member.silent ? [] : [this.sealed(member.identity, MessageType.Refusal, slot, refusal)])
    const reply = member.answers ? DisputeReply.encode({ acknowledged: sha256(request), envelopes }) : undefined
    this.step({ type: 'handed', meterId: to, request, reply })
  }

  /** The member's connection to the registrar comes up, or goes down. */
  line(member: Member, up: boolean): void {
    this.step({ type: 'line', meterId: member.id, up })
  }

  member(id: MeterId): Member {
    const member = this.members.find(each => each.id === id)
    if (!member) throw new Error('a member of the registry')
    return member
  }

  ask(member: Pick<Member, 'identity' | 'id'>, type: MessageType, payload: Uint8Array): Uint8Array {
    const bytes = sealEnvelope(member.identity, type, this.networkId, 0 as Epoch, this.slot, payload)
    const reply = this.step({ type: 'enrol', from: member.id, bytes, token: 1 }).find(output => output.type === 'reply')
    if (reply?.type !== 'reply') throw new Error('a reply')
    return decodeEnvelope(reply.bytes).payload
  }

  /** Gives the time of a request, later than any before. */
  made(): number {
    return this.now + ++this.requests
  }

  join(member: Member, unixMillis = this.made()) {
    return JoinReply.decode(this.ask(member, MessageType.JoinRequest, JoinRequest.encode({ addresses: [member.address], unixMillis })))
  }

  leave(member: Member) {
    return JoinReply.decode(this.ask(member, MessageType.LeaveRequest, LeaveRequest.encode({ unixMillis: this.made() })))
  }

  /** Comes up again from its journal, with other random bytes than before. */
  restart(journal: readonly RegistrarRecord[] = this.journal): RegistrarState {
    return createRegistrar({ ...this.config, rng: new SeededRng(`restarted ${journal.length}`) }, journal, this.now)
  }

  hear(topic: Topic, bytes: Uint8Array, from: MeterId = this.aggregator.id): RegistrarOutput[] {
    return this.step({ type: 'message', channel: topic, from, bytes })
  }

  get slot(): Slot {
    return slotAt(this.now, SLOT_SECONDS)
  }

  get roster(): Roster {
    const latest = this.state.book.latest
    if (!latest) throw new Error('a roster')
    return latest.roster
  }

  rosterOf(slot: Slot): Roster {
    const held = this.state.book.ofSlot(slot)
    if (!held) throw new Error('a roster of that slot')
    return held.roster
  }

  isAbsent(member: Member): boolean {
    return this.roster.isAbsent(this.roster.indexOf(member.id) as number)
  }

  /** An envelope of a member or of the aggregator, bound to the slot's roster. */
  sealed(signer: IdentityKey, type: MessageType, slot: Slot, payload: Uint8Array): Uint8Array {
    const { hash, epoch } = this.rosterOf(slot)
    return sealEnvelope(signer, type, hash, epoch, slot, payload)
  }

  submission(member: Member, slot: Slot, fill = 1): Uint8Array {
    const lanes = new Uint8Array(16).fill(fill)
    return this.sealed(
      member.identity,
      MessageType.Submission,
      slot,
      SubmissionPayload.encode({ lanes, corrections: NONE, check: NONE, tags: NONE })
    )
  }

  submit(member: Member, slot: Slot, fill = 1): void {
    this.hear('readings', this.submission(member, slot, fill), member.id)
  }

  indices(of: readonly Member[], slot: Slot): number[] {
    return of.map(member => this.rosterOf(slot).indexOf(member.id) as number)
  }

  request(missing: readonly Member[], slot: Slot): { bytes: Uint8Array; hash: Uint8Array } {
    const payload = RecoveryRequestPayload.encode({ members: encodeMemberSet(this.indices(missing, slot), this.rosterOf(slot).n) })
    return { bytes: this.sealed(this.aggregator, MessageType.RecoveryRequest, slot, payload), hash: sha256(payload) }
  }

  release(member: Member, slot: Slot, requestHash: Uint8Array): Uint8Array {
    const payload = MaskReleasePayload.encode({ requestHash, lanes: new Uint8Array(16) })
    return this.sealed(member.identity, MessageType.MaskRelease, slot, payload)
  }

  dispute(member: Member, slot: Slot, requestHash: Uint8Array, journalLost = false): Uint8Array {
    return this.sealed(member.identity, MessageType.Dispute, slot, DisputePayload.encode({ requestHash, journalLost }))
  }

  total(of: readonly Member[], slot: Slot): Uint8Array {
    const contributors = encodeMemberSet(this.indices(of, slot), this.rosterOf(slot).n)
    const payload = SlotTotalPayload.encode({ contributors, lanes: new Uint8Array(16), transcriptHash: new Uint8Array(32) })
    return this.sealed(this.aggregator, MessageType.SlotTotal, slot, payload)
  }

  lost(reason: LossReason, members: readonly Member[], slot: Slot): Uint8Array {
    const payload = SlotLostPayload.encode({ reason, members: encodeMemberSet(this.indices(members, slot), this.rosterOf(slot).n) })
    return this.sealed(this.aggregator, MessageType.SlotLost, slot, payload)
  }

  /** Passes the time, with every tick that the registrar asks for. */
  until(time: number): void {
    for (;;) {
      const next = this.state.wakeAt
      if (next === undefined || next >= time) break
      this.now = millis(Math.max(next, this.now))
      this.step({ type: 'tick' })
    }
    this.now = millis(time)
    this.step({ type: 'tick' })
  }

  /** Lets the present slot end; those given submit, all others do not. Stops a moment later. */
  endSlot(submitting: readonly Member[]): Slot {
    const slot = this.slot
    this.until(slotTimes(slot, SLOT_SECONDS).end + 10)
    for (const member of submitting) this.submit(member, slot)
    return slot
  }

  /** Lets a slot be over. */
  over(slot: Slot): void {
    this.until(slotTimes(slot, SLOT_SECONDS).over + 10)
  }

  of<Type extends RegistrarOutput['type']>(type: Type): Extract<RegistrarOutput, { type: Type }>[] {
    return this.outputs.filter(output => output.type === type) as Extract<RegistrarOutput, { type: Type }>[]
  }
}

/** A member's own entry, as its roster policy has it. */
export const ownEntry = ({ id, blinding, lanes }: Member): OwnEntry => ({
  meterId: id,
  keys: { publicKey: () => blinding.publicKey },
  lanes
})

/** End, deadline and close of a slot of a registry. */
export const at = (slot: Slot) => slotTimes(slot, SLOT_SECONDS)

/** All but some. */
export const but = (registry: Registry, ...some: readonly Member[]): Member[] => registry.members.filter(member => !some.includes(member))

/** Lets slots pass in which all but some submit. */
export function slots(registry: Registry, count: number, ...missing: readonly Member[]): void {
  for (let i = 0; i < count; i++) registry.endSlot(but(registry, ...missing))
}
