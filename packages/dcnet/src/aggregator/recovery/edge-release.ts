// The aggregator's part in a slot of a network with edge release (PROTOCOL.md section 7, recovery 1): one RecoveryRequest
// that names the missing, then the total of the others less the masks that were released, or the loss.
import {
  DisputePayload,
  Drop,
  decodeMemberSet,
  type Envelope,
  encodeMemberSet,
  LossReason,
  MessageType,
  sealEnvelope
} from '@hushgrid/messages'
import { HushgridError, type Millis, millis, type Slot, slotTimes } from '@hushgrid/primitives'
import { releaseThreshold, remaining } from '@hushgrid/topology'
import { owingRelease } from '../../masks/owing.ts'
import { maskGraphOf } from '../../roster/mask-graph.ts'
import type { Roster } from '../../roster/roster.ts'
import { EDGE_REQUESTS, requestIn } from '../../transcript/requests.ts'
import type { SlotContext } from '../core.ts'
import { draftTotal, lose, missingOf, publishTotal } from '../slot.ts'
import { giveUpAt } from './none.ts'
import type { AggregatorRecovery, Answer } from './recovery.ts'
import {
  type Asked,
  isAnswered,
  keepAnswer,
  maskRequest,
  publishAgain,
  readMasks,
  resend,
  restoreInto,
  type SlotRequest,
  takeAnswer,
  unanswered
} from './request.ts'

/** Gives D + 2u, half way through the time in which a request is accepted. */
function requestAt(slot: Slot, slotSeconds: number): number {
  const { deadline, unit } = slotTimes(slot, slotSeconds)
  return deadline + 2 * unit
}

/** Gives D + 3u, when what gossip has not brought goes by stream, in time to be accepted. */
function resendAt(slot: Slot, slotSeconds: number): number {
  const { deadline, unit } = slotTimes(slot, slotSeconds)
  return deadline + 3 * unit
}

/** Units after the deadline up to which a request is accepted. */
const ACCEPTED = 4

export class EdgeReleaseAggregator implements AggregatorRecovery {
  request: SlotRequest | undefined
  /** Positions of the members that dispute. */
  readonly #disputers = new Set<number>()

  get hasAsked(): boolean {
    return this.request !== undefined
  }

  restoreRequest({ now, open }: SlotContext, envelope: Envelope, bytes: Uint8Array): void {
    const { roster } = open.held
    const named = requestIn(envelope)
    if (!named) throw new HushgridError(`the aggregator's store: expected a request, got a ${envelope.type}`)
    const members = decodeMemberSet(named.members, roster.n)
    this.request = maskRequest(roster, asked(envelope.slot, roster.slotSeconds, now, { bytes, payload: envelope.payload, members }))
  }

  restoreAnswer({ open }: SlotContext, answer: Answer): void {
    if (answer.envelope.type === MessageType.Dispute) this.#disputers.add(answer.index)
    else if (this.request) restoreInto(this.request, answer, readMasks(this.request, open.held.roster))
  }

  takeUpAgain(context: SlotContext): void {
    if (this.request) publishAgain(context, this.request, { units: ACCEPTED, owing: unanswered(this.request) })
    this.proceed(context)
  }

  receive(context: SlotContext, answer: Answer): void {
    const { type } = answer.envelope
    if (type === MessageType.Dispute) {
      this.#receiveDispute(context, answer)
      return
    }
    const { request } = this
    // The payload of a word may read as a release, and no transcript may have a word.
    if (!request || (type !== MessageType.MaskRelease && type !== MessageType.Refusal))
      throw new Drop('unexpected-type', `${type} that nobody asked for`)
    takeAnswer(context, request, answer, readMasks(request, context.open.held.roster))
    this.proceed(context)
  }

  #receiveDispute(context: SlotContext, { envelope, bytes, index, verify }: Answer): void {
    if (this.#disputers.has(index)) throw new Drop('duplicate')
    verify()
    DisputePayload.decode(envelope.payload)
    this.#disputers.add(index)
    keepAnswer(context, bytes)
    context.out.push({ type: 'disputed', slot: context.slot, by: envelope.sender })
  }

  wordsOn(): Uint8Array[] {
    return []
  }

  proceed(context: SlotContext): void {
    const { open } = context
    if (this.request ? isAnswered(this.request) : open.count === open.held.roster.presentCount) this.#close(context)
  }

  tick(context: SlotContext): void {
    const { state, now, slot } = context
    const { slotSeconds } = state.config
    if (now >= requestAt(slot, slotSeconds)) this.#ask(context)
    const { request } = this
    if (request && !request.resent && state.open.has(slot) && now >= resendAt(slot, slotSeconds))
      resend(context, request, unanswered(request))
    if (state.open.has(slot) && now >= giveUpAt(slot, slotSeconds)) this.#close(context)
  }

  wakeAt({ slot, open }: Pick<SlotContext, 'slot' | 'open'>): number {
    const { slotSeconds } = open.held.roster
    if (!this.request) return requestAt(slot, slotSeconds)
    return this.request.resent ? giveUpAt(slot, slotSeconds) : resendAt(slot, slotSeconds)
  }

  /** Asks for the masks towards the missing, once; with nobody who owes one the total is there already. */
  #ask(context: SlotContext): void {
    const { state, now, slot, open, out } = context
    const { roster } = open.held
    const members = this.request ? [] : missingOf(open)
    if (members.length === 0) return
    if (!isWorthAsking(roster, members)) {
      this.#close(context)
      return
    }
    const { type, payload } = EDGE_REQUESTS.masks(encodeMemberSet(members, roster.n), 0)
    const bytes = sealEnvelope(state.config.identity, type, roster.hash, roster.epoch, slot, payload)
    this.request = maskRequest(roster, asked(slot, roster.slotSeconds, now, { bytes, payload, members }))
    out.push({ type: 'journal', record: { kind: 'request', slot, epoch: roster.epoch, bytes } })
    out.push({ type: 'publish', topic: 'control', bytes })
    out.push({ type: 'requested', slot, round: 0, missing: members.map(index => roster.meterId(index)) })
    this.proceed(context)
  }

  /** Ends the slot: as the total of all who are in, or as lost. */
  #close(context: SlotContext): void {
    const { open } = context
    const loss = this.#lossOf(context)
    if (loss) lose(context, loss.reason, loss.members)
    else publishTotal(context, draftTotal(open, this.request))
  }

  /** Gives the reason that there can be no total, and the members who brought it about. */
  #lossOf({ open }: SlotContext): { readonly reason: LossReason; readonly members: readonly number[] } | undefined {
    const { request } = this
    const { roster } = open.held
    const missing = missingOf(open)
    if (missing.length === 0) return undefined
    if (!request || roster.presentCount - missing.length < roster.minMembers) return { reason: LossReason.MembersMissing, members: missing }
    const silent = [...request.owing].filter(index => !request.releases.has(index) && !request.refusals.has(index))
    if (silent.length + request.refusals.size === 0) return undefined
    if (this.#disputers.size > 0) return { reason: LossReason.Disputed, members: ascending(this.#disputers) }
    if (request.refusals.size > 0) return { reason: LossReason.Refused, members: ascending(request.refusals.keys()) }
    return { reason: LossReason.Unanswered, members: ascending(silent) }
  }
}

/**
 * Tells whether a request is worth its price: not where too few are left, or where most of those who owe a release towards M
 * would refuse it (PROTOCOL.md section 7, recovery 1, step 4). All meters journal a request and pass it on, and those that
 * were only late, as after an overload, would be late again.
 */
function isWorthAsking(roster: Roster, members: readonly number[]): boolean {
  const missing = new Set(members)
  if (roster.presentCount - missing.size < roster.minMembers) return false
  const owing = [...owingRelease(roster, missing)]
  const needed = releaseThreshold(roster.neighbourCount)
  const refusing = owing.filter(index => remaining(maskGraphOf(roster), index, missing) < needed)
  return 2 * refusing.length <= owing.length
}

function ascending(members: Iterable<number>): number[] {
  return [...members].sort((a, b) => a - b)
}

function asked(slot: Slot, slotSeconds: number, sentAt: Millis, sent: Pick<Asked, 'bytes' | 'payload' | 'members'>): Asked {
  return { ...sent, round: 0, sentAt, until: millis(giveUpAt(slot, slotSeconds)) }
}
