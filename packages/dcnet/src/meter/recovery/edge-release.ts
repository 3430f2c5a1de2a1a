// A meter's part in the recovery of a slot with missing members (PROTOCOL.md section 7, recovery 1): it passes requests on,
// disputes where it is named wrongly, and releases its masks towards the missing after the dispute window.
import { earliest } from '@hushgrid/machine'
import {
  DisputePayload,
  DisputeReply,
  Drop,
  decodeEnvelope,
  decodeMemberSet,
  type Envelope,
  MaskReleasePayload,
  MessageType,
  RecoveryRequestPayload,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  ed25519Verifier,
  equalBytes,
  lanesToBytes,
  type MeterId,
  type Millis,
  millis,
  type Slot,
  sha256,
  slotTimes
} from '@hushgrid/primitives'
import { releaseThreshold } from '@hushgrid/topology'
import type { Incoming } from '../../protocol/outputs.ts'
import type { RefusalReason } from '../contract.ts'
import { forgetOldest, type MeterContext, type MeterCore } from '../core.ts'
import { deliver } from '../deliveries.ts'
import { fromAggregator } from '../epoch.ts'
import type { MeterSlotRecord } from '../journal.ts'
import { dropOfOtherMode, type MeterRecovery, type Said } from './recovery.ts'
import { type MeterSlotContext, sendRefusal, tooFewOutside } from './refusal.ts'

/** A request that was seen, with the positions it names. */
interface Request {
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
  readonly payloadHash: Uint8Array
  readonly members: ReadonlySet<number>
}

/** What is known of the recovery of one slot. */
interface SlotRecovery {
  /** The first request that was seen for the slot. */
  request?: Request
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

/** A slot with what is known of its recovery, in one step. */
interface RecoveryContext extends MeterSlotContext {
  readonly recovery: SlotRecovery
}

export class EdgeReleaseMeter implements MeterRecovery {
  readonly #slots = new Map<Slot, SlotRecovery>()

  privateMasks(): undefined {
    return undefined
  }

  /** The recovery of a slot, begun where nothing is known of it yet. */
  #of(slot: Slot): SlotRecovery {
    let recovery = this.#slots.get(slot)
    if (!recovery) {
      recovery = {
        early: false,
        conflicting: false,
        disputed: false,
        disputers: new Set(),
        absent: false,
        answered: false,
        restored: false
      }
      this.#slots.set(slot, recovery)
      forgetOldest(this.#slots)
    }
    return recovery
  }

  restore(state: MeterCore, { kind, slot, bytes }: MeterSlotRecord): void {
    const recovery = this.#of(slot)
    if (kind === 'absent') recovery.absent = true
    else if (kind === 'release') {
      recovery.answered = true
      recovery.release = bytes
    } else if (kind === 'dispute') {
      const { sender } = decodeEnvelope(bytes)
      recovery.disputed = true
      recovery.disputers.add(sender)
      if (sender === state.config.identity.id) recovery.ownDispute = bytes
    } else {
      const envelope = decodeEnvelope(bytes)
      const epoch = state.epochs.get(envelope.epoch)
      if (!epoch) return
      recovery.restored = true
      recovery.request = requestOf(envelope, bytes, epoch.held.roster.n)
    }
  }

  receive(context: MeterContext, input: Incoming, envelope: Envelope): void {
    if (envelope.type === MessageType.RecoveryRequest) this.#receiveRequest(context, input, envelope)
    else if (envelope.type === MessageType.Dispute) this.#receiveDispute(context, input, envelope)
    else dropOfOtherMode(context, envelope)
  }

  /** A RecoveryRequest, whoever brought it. */
  #receiveRequest(step: MeterContext, input: Incoming, envelope: Envelope): void {
    const { state, now, out } = step
    const epoch = fromAggregator(state, envelope, true)
    const { held, index } = epoch
    const { roster } = held
    const { slot } = envelope
    const { end, unit, deadline, over } = slotTimes(slot, roster.slotSeconds)
    if (now < end - unit) throw new Drop('too-early')
    if (now >= over && state.rules.windowEnd) throw new Drop('slot-over')
    const request = requestOf(envelope, input.bytes, roster.n)
    if (request.members.size === 0 || [...request.members].some(member => roster.isAbsent(member)))
      throw new Drop('wrong-shape', 'expected present members')
    const recovery = this.#of(slot)
    const context: RecoveryContext = { ...step, epoch, slot, recovery }
    const named = request.members.has(index)
    // We are no part of a slot whose roster came late, but may have been before a restart.
    if (!named && slot < held.from) throw new Drop('wrong-epoch')
    // A dispute comes before everything else: no conflict, earlier answer or window silences it.
    if (named) beNamed(context, request)
    if (recovery.request) {
      if (equalBytes(recovery.request.hash, envelope.hash)) {
        acknowledge(step, input, envelope)
        if (recovery.restored && !recovery.answered && !named) refuse(context, 'restarted since the request')
        throw new Drop('duplicate')
      }
      beConflicting(context, recovery.request, input, envelope)
    }
    recovery.request = request
    out.push({ type: 'journal', record: { kind: 'request', slot, bytes: input.bytes } })
    acknowledge(step, input, envelope)
    if (now < deadline + unit && state.rules.windowEnd) recovery.early = true
    else acceptRequest(context, input.channel === 'control')
  }

  /** A Dispute by any member: nothing is released for the slot from then on. */
  #receiveDispute(step: MeterContext, input: Incoming, envelope: Envelope): void {
    const { state, now, out } = step
    const { slot, sender } = envelope
    const epoch = state.epochs.get(envelope.epoch)
    if (!epoch) throw new Drop('unknown-epoch')
    const { roster } = epoch.held
    if (state.book.ofSlot(slot) !== epoch.held) throw new Drop('wrong-epoch')
    if (roster.indexOf(sender) === undefined) throw new Drop('unknown-sender')
    const { end, unit, over } = slotTimes(slot, roster.slotSeconds)
    if (now < end - unit) throw new Drop('too-early')
    if (now >= over) throw new Drop('slot-over')
    const known = this.#slots.get(slot)?.disputers.has(sender) === true
    if (!verifyEnvelope(envelope, (state.config.verifier ?? ed25519Verifier)(sender), roster.hash)) throw new Drop('bad-signature')
    DisputePayload.decode(envelope.payload)
    if (known) {
      acknowledge(step, input, envelope)
      throw new Drop('duplicate')
    }
    const recovery = this.#of(slot)
    // One is enough to keep from releasing; the journal need not grow with more.
    if (!recovery.disputed) out.push({ type: 'journal', record: { kind: 'dispute', slot, bytes: input.bytes } })
    recovery.disputed = true
    recovery.disputers.add(sender)
    acknowledge(step, input, envelope)
  }

  submitted(): void {
    // A submission makes nothing due: whoever is asked has submitted before.
  }

  /** Takes up requests that came early, and releases. */
  tick(step: MeterContext): void {
    const { state, now } = step
    for (const [slot, recovery] of this.#slots) {
      const held = state.book.ofSlot(slot)
      const epoch = held && state.epochs.get(held.roster.epoch)
      if (!epoch) continue
      const context: RecoveryContext = { ...step, epoch, slot, recovery }
      const { deadline, unit } = slotTimes(slot, state.config.slotSeconds)
      if (recovery.early && now >= deadline + unit) acceptRequest(context, false)
      releaseIfDue(context)
    }
  }

  wakeAt({ config }: MeterCore): Millis | undefined {
    let next: Millis | undefined
    for (const [slot, recovery] of this.#slots) {
      const { deadline, unit } = slotTimes(slot, config.slotSeconds)
      next = earliest(next, recovery.early ? deadline + unit : undefined, recovery.answered ? undefined : recovery.releaseAt)
    }
    return next
  }

  giveUp(): void {
    for (const recovery of this.#slots.values()) recovery.answered = true
  }

  *said(slotSeconds: number): Generator<Said> {
    for (const [slot, { release, ownDispute }] of this.#slots) {
      const { deadline, unit, over } = slotTimes(slot, slotSeconds)
      if (release) yield { slot, bytes: release, until: deadline + 7 * unit }
      if (ownDispute) yield { slot, bytes: ownDispute, until: over }
    }
  }

  leavesOut(): boolean {
    return false
  }

  forget({ config, rules }: MeterCore, now: Millis): void {
    for (const slot of this.#slots.keys()) {
      if (now >= slotTimes(slot, config.slotSeconds).over && rules.windowEnd) this.#slots.delete(slot)
    }
  }
}

function requestOf(envelope: Envelope, bytes: Uint8Array, n: number): Request {
  const members = new Set(decodeMemberSet(RecoveryRequestPayload.decode(envelope.payload).members, n))
  return { hash: envelope.hash, bytes, payloadHash: sha256(envelope.payload), members }
}

/** Whether this meter may have submitted for a slot, as far as its journal tells. */
function maySubmitOrHave({ state, slot, now, recovery }: RecoveryContext): boolean {
  if (slot <= state.unknownThrough || now < slotTimes(slot, state.config.slotSeconds).deadline) return true
  return state.submitted.has(slot) || (slot <= state.finishedThrough && !recovery.absent)
}

/** A request names us: it is disputed, or we are absent for good. */
function beNamed(context: RecoveryContext, request: Request): void {
  const { state, slot, recovery, out } = context
  if (maySubmitOrHave(context)) {
    if (state.rules.dispute) dispute(context, request.payloadHash)
  } else if (!recovery.absent && state.rules.absentIsFinal) {
    recovery.absent = true
    state.finishedThrough = Math.max(state.finishedThrough, slot)
    state.readings.delete(slot)
    out.push({ type: 'journal', record: { kind: 'absent', slot, bytes: new Uint8Array(0) } })
  }
}

function dispute(context: RecoveryContext, requestHash: Uint8Array): void {
  const { state, epoch, slot, recovery, out } = context
  const { roster } = epoch.held
  recovery.disputed = true
  if (!recovery.ownDispute) {
    const payload = DisputePayload.encode({ requestHash })
    recovery.ownDispute = sealEnvelope(state.config.identity, MessageType.Dispute, roster.hash, roster.epoch, slot, payload)
    recovery.disputers.add(state.config.identity.id)
    out.push({ type: 'journal', record: { kind: 'dispute', slot, bytes: recovery.ownDispute } })
    out.push({ type: 'publish', topic: 'control', bytes: recovery.ownDispute })
    out.push({ type: 'disputed', slot })
  }
  // One dispute speaks against every request of the slot: whoever has it heeds it, whatever its requestHash.
  const parcel = { bytes: recovery.ownDispute, until: millis(slotTimes(slot, roster.slotSeconds).over) }
  for (const index of epoch.neighbours) if (!roster.isAbsent(index)) deliver(context, epoch, index, parcel)
}

/** A second, different request: evidence, and neither is answered. */
function beConflicting(context: RecoveryContext, before: Request, input: Incoming, envelope: Envelope): void {
  const { state, now, slot, recovery, out } = context
  if (!recovery.conflicting) {
    out.push({
      type: 'evidence',
      against: envelope.sender,
      what: { kind: 'two-requests', slot },
      envelopes: [before.bytes, input.bytes]
    })
    // So that the others refuse as well, and the registrar sees whose fault it is.
    if (input.channel !== 'control') out.push({ type: 'publish', topic: 'control', bytes: input.bytes })
  }
  recovery.conflicting = true
  if (state.rules.oncePerSlot) throw new Drop('conflicting')
  // Whoever answers twice answers the first one too.
  if (recovery.releaseAt !== undefined) recovery.releaseAt = now
  releaseIfDue(context)
  recovery.answered = false
}

/** The request is within its window: passes it on, then waits for disputes. */
function acceptRequest(context: RecoveryContext, cameByControl: boolean): void {
  const { state, now, epoch, slot, recovery, out } = context
  const { request } = recovery
  if (!request) return
  recovery.early = false
  const { rules } = state
  const { roster } = epoch.held
  const { unit, deadline } = slotTimes(slot, roster.slotSeconds)
  const late = now >= deadline + 4 * unit && rules.windowEnd
  const owed = epoch.neighbours.filter(index => request.members.has(index))
  if (!late && rules.passOn) {
    // Those who are named hear of it from their neighbours even where the aggregator keeps it from them.
    for (const index of owed) deliver(context, epoch, index, { bytes: request.bytes, until: millis(now + 2 * unit) })
  }
  const named = request.members.has(epoch.index)
  // A late one is no use to anybody, but where it names us it tells the registrar why we dispute.
  if ((!late || named) && !cameByControl && rules.passOn) out.push({ type: 'publish', topic: 'control', bytes: request.bytes })
  if (named || roster.isAbsent(epoch.index) || owed.length === 0) return
  const reason = late ? 'outside the request window' : whyNotRelease(context, request)
  if (reason) {
    refuse(context, reason)
    return
  }
  recovery.releaseAt = rules.disputeWindow ? millis(now + 2 * unit) : now
  releaseIfDue(context)
}

function whyNotRelease(context: RecoveryContext, { members }: Request): RefusalReason | undefined {
  const { state, slot } = context
  if (slot <= state.unknownThrough) return 'the journal was lost'
  if (!state.submitted.has(slot)) return 'not submitted here'
  return tooFewOutside(context, members, releaseThreshold)
}

function releaseIfDue(context: RecoveryContext): void {
  const { state, now, slot, recovery } = context
  const { request, releaseAt } = recovery
  if (!request || releaseAt === undefined || now < releaseAt || recovery.answered) return
  const { rules } = state
  const { deadline, unit } = slotTimes(slot, state.config.slotSeconds)
  if (recovery.disputed && rules.heedDispute) refuse(context, 'a member disputes')
  else if (recovery.conflicting && rules.oncePerSlot) refuse(context, 'a second request')
  else if (now >= deadline + 7 * unit && rules.windowEnd) refuse(context, 'outside the request window')
  else release(context, request)
}

/** Releases the masks towards the missing; the bytes are on stable storage before they go out. */
function release({ state, epoch, slot, recovery, out }: RecoveryContext, request: Request): void {
  const { roster } = epoch.held
  const lanes = epoch.masks.maskTowards(slot, request.members)
  const payload = MaskReleasePayload.encode({ requestHash: request.payloadHash, lanes: lanesToBytes(lanes) })
  const bytes = sealEnvelope(state.config.identity, MessageType.MaskRelease, roster.hash, roster.epoch, slot, payload)
  recovery.answered = true
  recovery.release = bytes
  out.push({ type: 'journal', record: { kind: 'release', slot, bytes } })
  out.push({ type: 'publish', topic: 'readings', bytes })
  out.push({ type: 'released', slot })
}

function refuse(context: RecoveryContext, reason: RefusalReason): void {
  const { recovery } = context
  if (recovery.answered || !recovery.request) return
  recovery.answered = true
  sendRefusal(context, recovery.request.payloadHash, reason)
}

/** Acknowledges what came on the dispute stream: it is journalled by now. */
function acknowledge({ out }: MeterContext, input: Incoming, envelope: Envelope): void {
  if (input.channel !== 'dispute') return
  out.push({ type: 'answer', bytes: DisputeReply.encode({ acknowledged: envelope.hash, envelope: new Uint8Array(0) }) })
}
