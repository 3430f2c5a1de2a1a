// A meter's handling of a request of edge release: it disputes, passes on, releases its masks or refuses.
import {
  Drop,
  decodeMemberSet,
  type Envelope,
  MaskReleasePayload,
  MessageType,
  RecoveryRequestPayload,
  sealEnvelope
} from '@hushgrid/messages'
import { type Epoch, lanesToBytes, type MeterId, type Millis, millis, sha256, slotTimes } from '@hushgrid/primitives'
import { releaseThreshold } from '@hushgrid/topology'
import type { Incoming } from '../../protocol/outputs.ts'
import { pickLanes } from '../../roster/mask-graph.ts'
import type { RefusalReason } from '../contract.ts'
import { deliver } from '../deliveries.ts'
import { hasSubmitted, lanesTowards, type MeterSlotContext, sendRefusal, tooFewOutside } from './refusal.ts'

/** A request that was seen, with the positions it names. */
export interface Request {
  readonly epoch: Epoch
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
  readonly payloadHash: Uint8Array
  readonly members: ReadonlySet<number>
}

/** State of the recovery of one slot. */
export interface SlotRecovery {
  /** The first request that was seen for the slot. */
  request?: Request
  /** The first request that named us, when it came, and whether the registrar's time has shown that it came too early. */
  named?: { readonly request: Request; readonly at: Millis; early: boolean }
  /** End of the dispute window of an accepted request. */
  releaseAt?: Millis
  /** True where the request came before its window, to be taken up then. */
  early: boolean
  /** True where a second, different request was seen. */
  conflicting: boolean
  /** True where a valid dispute of any member was seen, or made. */
  disputed: boolean
  /** Senders whose dispute was taken. */
  readonly disputers: Set<MeterId>
  ownDispute?: Uint8Array
  /** True once "absent" is journalled: this slot is never submitted. */
  absent: boolean
  /** True once released, refused, or forbidden by a restart. */
  answered: boolean
  /** True where known from the journal: what was accepted before the restart is not answered. */
  restored: boolean
  /** MaskRelease, or the Refusal in its place. */
  answer?: Uint8Array
}

/** A slot with what is known of its recovery, in one step. */
export interface RecoveryContext extends MeterSlotContext {
  readonly recovery: SlotRecovery
}

/** Makes a slot in which nothing was asked yet. */
export function unaskedSlot(): SlotRecovery {
  return {
    early: false,
    conflicting: false,
    disputed: false,
    disputers: new Set(),
    absent: false,
    answered: false,
    restored: false
  }
}

export function requestOf(envelope: Envelope, bytes: Uint8Array, n: number): Request {
  const members = new Set(decodeMemberSet(RecoveryRequestPayload.decode(envelope.payload).members, n))
  return { epoch: envelope.epoch, hash: envelope.hash, bytes, payloadHash: sha256(envelope.payload), members }
}

/** Shows a second, different request to the others; answers neither. */
export function beConflicting(context: RecoveryContext, before: Request, input: Incoming, envelope: Envelope): void {
  const { state, now, slot, recovery, out } = context
  if (!recovery.conflicting) {
    out.push({
      type: 'evidence',
      against: envelope.sender,
      what: { kind: 'two-requests', slot },
      envelopes: [before.bytes, input.bytes]
    })
    // Published so that the others refuse as well, and the registrar sees whose fault it is.
    if (input.channel !== 'control') out.push({ type: 'publish', topic: 'control', bytes: input.bytes })
  }
  recovery.conflicting = true
  if (state.rules.oncePerSlot) throw new Drop('conflicting')
  // A meter that answers twice answers the first one too.
  if (recovery.releaseAt !== undefined) recovery.releaseAt = now
  releaseIfDue(context)
  recovery.answered = false
}

/** Passes a request on, then waits for disputes. */
export function acceptRequest(context: RecoveryContext, cameByControl: boolean): void {
  const { state, now, epoch, slot, recovery, out } = context
  const { request } = recovery
  if (!request) return
  recovery.early = false
  const { rules } = state
  const { roster } = epoch.held
  const { unit, deadline } = slotTimes(slot, roster.slotSeconds)
  const late = now >= deadline + 4 * unit && rules.windowEnd
  const owed = epoch.neighbours.filter(index => request.members.has(index) && !roster.isCut(epoch.index, index))
  if (!late && rules.passOn) {
    // Members that are named hear of it from their neighbours even where the aggregator keeps it from them.
    for (const index of owed) deliver(context, epoch, index, { slot, bytes: request.bytes, until: millis(now + 2 * unit) })
  }
  const named = request.members.has(epoch.index)
  // A late request is of no use to anybody, but one that names us tells the registrar why we dispute.
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
  if (!hasSubmitted(context)) return 'not submitted here'
  return tooFewOutside(context, members, releaseThreshold)
}

export function releaseIfDue(context: RecoveryContext): void {
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
function release(context: RecoveryContext, request: Request): void {
  const { state, epoch, slot, recovery, out } = context
  const { roster } = epoch.held
  const lanes = pickLanes(epoch.masks.maskTowards(slot, request.members), lanesTowards(context, request.members))
  const payload = MaskReleasePayload.encode({ requestHash: request.payloadHash, lanes: lanesToBytes(lanes) })
  const bytes = sealEnvelope(state.config.identity, MessageType.MaskRelease, roster.hash, roster.epoch, slot, payload)
  recovery.answered = true
  recovery.answer = bytes
  out.push({ type: 'journal', record: { kind: 'release', slot, bytes } })
  out.push({ type: 'publish', topic: 'readings', bytes })
  out.push({ type: 'released', slot })
}

export function refuse(context: RecoveryContext, reason: RefusalReason): void {
  const { recovery } = context
  if (recovery.answered || !recovery.request) return
  recovery.answered = true
  recovery.answer = sendRefusal(context, recovery.request.payloadHash, reason)
}
