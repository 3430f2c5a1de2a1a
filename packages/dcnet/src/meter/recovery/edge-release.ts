// A meter's part in the recovery of a slot with missing members (PROTOCOL.md section 7, recovery 1): it passes requests on,
// disputes where it is named wrongly, and releases its masks towards the missing after the dispute window.
import { earliest } from '@hushgrid/machine'
import { DisputePayload, DisputeReply, Drop, decodeEnvelope, type Envelope, MessageType, verifyEnvelope } from '@hushgrid/messages'
import { ed25519Verifier, equalBytes, type Millis, type Slot, slotAt, slotTimes } from '@hushgrid/primitives'
import type { Incoming } from '../../protocol/outputs.ts'
import { isFresh } from '../../protocol/protocol-clock.ts'
import { forgetOldest, type MeterContext, type MeterCore, type MeterEpoch } from '../core.ts'
import { dropOfOtherMode, fromAggregator } from '../epoch.ts'
import { holdBack, mayHaveSent } from '../held-back.ts'
import type { MeterSlotRecord } from '../journal.ts'
import { beNamed } from './named.ts'
import type { MeterRecovery, Said } from './recovery.ts'
import {
  acceptRequest,
  beConflicting,
  type RecoveryContext,
  refuse,
  releaseIfDue,
  requestOf,
  type SlotRecovery,
  unaskedSlot
} from './releasing.ts'

/** Own disputes that are kept. */
const KEPT_DISPUTES = 16
/** Moment of what a journal had from before a restart. */
const BEFORE = 0 as Millis

export class EdgeReleaseMeter implements MeterRecovery {
  readonly #slots = new Map<Slot, SlotRecovery>()
  /** Own disputes of the last slots that had one. */
  readonly #disputes = new Map<Slot, Uint8Array>()

  privateMasks(): undefined {
    return undefined
  }

  /** Gives the recovery of a slot, begun where nothing is known of it yet. */
  #of(slot: Slot): SlotRecovery {
    let recovery = this.#slots.get(slot)
    if (!recovery) {
      recovery = unaskedSlot()
      const ownDispute = this.#disputes.get(slot)
      if (ownDispute) {
        recovery.ownDispute = ownDispute
        recovery.disputed = true
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
      recovery.answer = bytes
    } else if (kind === 'dispute') {
      const { sender } = decodeEnvelope(bytes)
      recovery.disputed = true
      recovery.disputers.add(sender)
      if (sender === state.config.identity.id) {
        recovery.ownDispute = bytes
        this.#keepDispute(slot, bytes)
      }
    } else {
      const envelope = decodeEnvelope(bytes)
      const epoch = state.epochs.get(envelope.epoch)
      if (!epoch) return
      recovery.restored = true
      recovery.request = requestOf(envelope, bytes, epoch.held.roster.n)
      if (recovery.request.members.has(epoch.index)) recovery.named = { request: recovery.request, at: BEFORE, early: false }
    }
  }

  /** Keeps an own dispute beyond its slot: the same bytes answer every later request. */
  #keepDispute(slot: Slot, bytes: Uint8Array): void {
    this.#disputes.set(slot, bytes)
    forgetOldest(this.#disputes, KEPT_DISPUTES)
  }

  receive(context: MeterContext, input: Incoming, envelope: Envelope): void {
    if (envelope.type === MessageType.RecoveryRequest) this.#receiveRequest(context, input, envelope)
    else if (envelope.type === MessageType.Dispute) this.#receiveDispute(context, input, envelope)
    else dropOfOtherMode(context, envelope)
  }

  /** Takes in a RecoveryRequest, whoever brought it. */
  #receiveRequest(step: MeterContext, input: Incoming, envelope: Envelope): void {
    const { state, now, out } = step
    const epoch = fromAggregator(state, envelope, true)
    const { held, index } = epoch
    const { roster } = held
    const { slot } = envelope
    const { end, unit, deadline, over } = slotTimes(slot, roster.slotSeconds)
    const request = requestOf(envelope, input.bytes, roster.n)
    const named = request.members.has(index) && !roster.isAbsent(index)
    if (named && !state.rules.namedAnyTime && (now < end - unit || now >= over)) throw new Drop(now < over ? 'too-early' : 'slot-over')
    if (slot > slotAt(now, roster.slotSeconds) && !mayHaveSent(state, slot, roster.epoch) && state.rules.deadlineByTime) {
      // Nothing is kept of a slot that has not begun but the highest number.
      if (!named) throw new Drop('too-early')
      beNamedAhead(step, epoch, envelope, input.bytes)
      return
    }
    const recovery = this.#of(slot)
    const context: RecoveryContext = { ...step, epoch, slot, recovery }
    if (named) {
      recovery.named ??= { request, at: now, early: false }
      beNamed(context)
      if (recovery.ownDispute) this.#keepDispute(slot, recovery.ownDispute)
    }
    if (request.members.size === 0 || [...request.members].some(member => roster.isAbsent(member)))
      throw new Drop('wrong-shape', 'expected present members')
    // A slot whose roster came late is none of ours, unless we took part in it before a restart.
    if (!named && slot < held.from) throw new Drop('wrong-epoch')
    if (!named && now >= over && state.rules.windowEnd) throw new Drop('slot-over')
    if (recovery.request) {
      if (equalBytes(recovery.request.hash, envelope.hash)) {
        if (recovery.restored && !recovery.answered && !named) refuse(context, 'restarted since the request')
        acknowledge(context, input, envelope)
        throw new Drop('duplicate')
      }
      acknowledge(context, input, envelope)
      beConflicting(context, recovery.request, input, envelope)
    }
    recovery.request = request
    out.push({ type: 'journal', record: { kind: 'request', slot, bytes: input.bytes } })
    if (now < deadline + unit && state.rules.windowEnd) recovery.early = true
    else acceptRequest(context, input.channel === 'control')
    acknowledge(context, input, envelope)
  }

  /** Takes in a Dispute by any member, after which nothing is released for the slot. */
  #receiveDispute(step: MeterContext, input: Incoming, envelope: Envelope): void {
    const { state, now, out } = step
    const { slot, sender } = envelope
    const epoch = state.epochs.get(envelope.epoch)
    if (!epoch) throw new Drop('unknown-epoch')
    const { roster } = epoch.held
    if (state.book.ofSlot(slot) !== epoch.held) throw new Drop('wrong-epoch')
    const index = roster.indexOf(sender)
    if (index === undefined) throw new Drop('unknown-sender')
    // Who is marked absent takes part in nothing, and could veto every recovery otherwise.
    if (roster.isAbsent(index) && state.rules.absentAreMute) throw new Drop('absent-sender')
    const { end, unit, over } = slotTimes(slot, roster.slotSeconds)
    if (now < end - unit) throw new Drop('too-early')
    if (now >= over) throw new Drop('slot-over')
    const known = this.#slots.get(slot)?.disputers.has(sender) === true
    if (!verifyEnvelope(envelope, (state.config.verifier ?? ed25519Verifier)(sender), roster.hash)) throw new Drop('bad-signature')
    DisputePayload.decode(envelope.payload)
    const recovery = this.#of(slot)
    const context: RecoveryContext = { ...step, epoch, slot, recovery }
    if (known) {
      acknowledge(context, input, envelope)
      throw new Drop('duplicate')
    }
    // One is enough to keep from releasing; the journal need not grow with more.
    if (!recovery.disputed) out.push({ type: 'journal', record: { kind: 'dispute', slot, bytes: input.bytes } })
    recovery.disputed = true
    recovery.disputers.add(sender)
    acknowledge(context, input, envelope)
  }

  /** Disputes a request that named us before we had submitted. */
  submitted(step: MeterContext): void {
    this.#decideNamed(step)
  }

  clockAnswered(step: MeterContext): void {
    this.#decideNamed(step)
  }

  /** Decides what is still to be decided about requests that named us. */
  #decideNamed(step: MeterContext): void {
    for (const [slot, recovery] of this.#slots) {
      const epoch = recovery.named && !recovery.ownDispute && epochOf(step.state, slot)
      if (!epoch) continue
      beNamed({ ...step, epoch, slot, recovery })
      if (recovery.ownDispute) this.#keepDispute(slot, recovery.ownDispute)
    }
  }

  /** Takes up requests that came early, and releases. */
  tick(step: MeterContext): void {
    const { state, now } = step
    this.#decideNamed(step)
    for (const [slot, recovery] of this.#slots) {
      const epoch = epochOf(state, slot)
      if (!epoch) continue
      const context: RecoveryContext = { ...step, epoch, slot, recovery }
      const { deadline, unit } = slotTimes(slot, state.config.slotSeconds)
      if (recovery.early && now >= deadline + unit) acceptRequest(context, false)
      releaseIfDue(context)
    }
  }

  wakeAt(state: MeterCore): Millis | undefined {
    const { config, clock, rules } = state
    let next: Millis | undefined
    for (const [slot, recovery] of this.#slots) {
      // A slot whose epoch is not ours any more is decided by no tick, and must not ask for one after the other.
      if (!epochOf(state, slot)) continue
      const { deadline, unit } = slotTimes(slot, config.slotSeconds)
      // Without a clock the registrar's answer decides, and where something may have been sent the request did.
      const { named } = recovery
      const undecided = named && !recovery.absent && clock.known && rules.absentIsFinal && !mayHaveSent(state, slot, named.request.epoch)
      next = earliest(next, undecided ? deadline : undefined, recovery.early ? deadline + unit : undefined)
      next = earliest(next, recovery.answered ? undefined : recovery.releaseAt)
    }
    return next
  }

  giveUp(): void {
    for (const recovery of this.#slots.values()) recovery.answered = true
  }

  *said(slotSeconds: number): Generator<Said> {
    for (const [slot, { answer }] of this.#slots) {
      const { deadline, unit } = slotTimes(slot, slotSeconds)
      if (answer) yield { slot, bytes: answer, until: deadline + 7 * unit }
    }
    for (const [slot, bytes] of this.#disputes) yield { slot, bytes, until: slotTimes(slot, slotSeconds).over }
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

/** Gives the epoch of a slot that this meter is in; undefined where it is in none. */
function epochOf(state: MeterCore, slot: Slot): MeterEpoch | undefined {
  const held = state.book.ofSlot(slot)
  return held && state.epochs.get(held.roster.epoch)
}

/** Acts on a request that names us for a slot that has not begun: the highest such slot is held back. */
function beNamedAhead(step: MeterContext, { held }: MeterEpoch, { slot }: Envelope, bytes: Uint8Array): void {
  const { state, now, out } = step
  const { unit } = slotTimes(slot, state.config.slotSeconds)
  const { epoch, aggregatorKey } = held.roster
  if (!state.rules.absentIsFinal) return
  if (!isFresh(state.clock, unit, now)) holdBack(step, epoch, slot)
  else out.push({ type: 'evidence', against: aggregatorKey, what: { kind: 'early-request', slot }, envelopes: [bytes] })
}

/**
 * Acknowledges what came on the dispute stream: it is journalled by now. A member that is named gets its own dispute back
 * with it, and the registrar, which hands requests over where nobody has answered, what this meter has answered.
 */
function acknowledge({ state, recovery, out }: RecoveryContext, input: Incoming, envelope: Envelope): void {
  if (input.channel !== 'dispute') return
  const isRegistrar = input.from === state.config.registrarKey
  const answer = recovery.ownDispute ?? (isRegistrar ? recovery.answer : undefined)
  out.push({ type: 'answer', bytes: DisputeReply.encode({ acknowledged: envelope.hash, envelopes: answer ? [answer] : [] }) })
}
