// A meter's part in the recovery of a slot with missing members (PROTOCOL.md section 7, recovery 1): it passes requests on,
// disputes where it is named wrongly, and releases its masks towards the missing after the dispute window.
import { earliest } from '@hushgrid/machine'
import { DisputePayload, DisputeReply, Drop, decodeEnvelope, type Envelope, MessageType, verifyEnvelope } from '@hushgrid/messages'
import { ed25519Verifier, equalBytes, type Millis, type Slot, slotTimes } from '@hushgrid/primitives'
import type { Incoming } from '../../protocol/outputs.ts'
import { forgetOldest, type MeterContext, type MeterCore } from '../core.ts'
import { dropOfOtherMode, fromAggregator } from '../epoch.ts'
import type { MeterSlotRecord } from '../journal.ts'
import type { MeterRecovery, Said } from './recovery.ts'
import {
  acceptRequest,
  beConflicting,
  beNamed,
  type RecoveryContext,
  refuse,
  releaseIfDue,
  requestOf,
  type SlotRecovery,
  unaskedSlot
} from './releasing.ts'

export class EdgeReleaseMeter implements MeterRecovery {
  readonly #slots = new Map<Slot, SlotRecovery>()

  privateMasks(): undefined {
    return undefined
  }

  /** Gives the recovery of a slot, begun where nothing is known of it yet. */
  #of(slot: Slot): SlotRecovery {
    let recovery = this.#slots.get(slot)
    if (!recovery) {
      recovery = unaskedSlot()
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

  /** Takes in a RecoveryRequest, whoever brought it. */
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
    // A slot whose roster came late is none of ours, unless we took part in it before a restart.
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

  /** Takes in a Dispute by any member, after which nothing is released for the slot. */
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

/** Acknowledges what came on the dispute stream: it is journalled by now. */
function acknowledge({ out }: MeterContext, input: Incoming, envelope: Envelope): void {
  if (input.channel !== 'dispute') return
  out.push({ type: 'answer', bytes: DisputeReply.encode({ acknowledged: envelope.hash, envelope: new Uint8Array(0) }) })
}
