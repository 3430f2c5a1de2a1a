// A meter's part in a slot of a network with double mask (PROTOCOL.md section 7, recovery 2): it gives its word which M it was
// shown, and once a slot releases its masks towards M and the shares that it holds of the private masks of the others. No
// list of the missing has to be true for that: what it answers never takes both the edge masks and the private mask off
// anybody. With the word of t neighbours on the same M the others were shown that M too, so that sums are whole components.
import { earliest } from '@hushgrid/machine'
import {
  DisputeReply,
  Drop,
  decodeEnvelope,
  type Envelope,
  MaskReleasePayload,
  MaskWordPayload,
  MessageType,
  ShareReleasePayload,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import { ed25519Verifier, equalBytes, HushgridError, lanesToBytes, type Millis, millis, type Slot, slotTimes } from '@hushgrid/primitives'
import { shareThreshold } from '@hushgrid/topology'
import type { SharedSecrets } from '../../masks/edge-keys.ts'
import { PrivateMasks } from '../../masks/private-mask.ts'
import { shareOwners } from '../../masks/share-recovery.ts'
import type { Incoming } from '../../protocol/outputs.ts'
import { pickLanes } from '../../roster/mask-graph.ts'
import type { Roster } from '../../roster/roster.ts'
import { contains } from '../../transcript/requests.ts'
import type { RefusalReason } from '../contract.ts'
import { forgetOldest, type MeterContext, type MeterCore, type MeterEpoch } from '../core.ts'
import { dropOfOtherMode, fromAggregator } from '../epoch.ts'
import type { MeterSlotRecord } from '../journal.ts'
import type { MeterRecovery, Said } from './recovery.ts'
import { hasSubmitted, lanesTowards, type MeterSlotContext, sealRefusal, sendRefusal, tooFewOutside } from './refusal.ts'
import {
  answeredLast,
  keep,
  notNestedWith,
  readRequest,
  requestOfRound,
  requestsOf,
  type SeenRequest,
  type SlotRequests
} from './seen-requests.ts'

const TOO_LATE: RefusalReason = 'outside the request window'
const LACKS_WORDS: RefusalReason = "too few neighbours' words on the request"

/** A slot with the requests that were seen in it, in one step. */
interface SharesContext extends MeterSlotContext {
  readonly requests: SlotRequests
}

export class DoubleMaskMeter implements MeterRecovery {
  readonly #slots = new Map<Slot, SlotRequests>()

  privateMasks(roster: Roster, index: number, secrets: SharedSecrets): PrivateMasks {
    return new PrivateMasks(roster, index, secrets)
  }

  /** Tells whether anything is known of a slot. */
  knows(slot: Slot): boolean {
    return this.#slots.has(slot)
  }

  /** Gives the requests of a slot, begun where none was seen yet. */
  #of(slot: Slot): SlotRequests {
    let requests = this.#slots.get(slot)
    if (!requests) {
      requests = { rounds: new Map(), words: new Map(), conflicting: false }
      this.#slots.set(slot, requests)
      forgetOldest(this.#slots)
    }
    return requests
  }

  restore(state: MeterCore, { kind, slot, bytes }: MeterSlotRecord): void {
    if (kind !== 'request' && kind !== 'release' && kind !== 'word') return
    const envelope = decodeEnvelope(bytes)
    const roster = state.book.ofEpoch(envelope.epoch)?.roster
    if (!roster) return
    const requests = this.#of(slot)
    if (kind === 'request') restoreRequest(requests, readRequest(envelope, bytes, roster))
    else restoreAnswer(requests, envelope, bytes)
  }

  /** Takes in a MaskRequest or ShareRequest, whoever brought it, or a neighbour's word on one. */
  receive(step: MeterContext, input: Incoming, envelope: Envelope): void {
    if (envelope.type === MessageType.MaskWord) {
      this.#receiveWord(step, envelope, input.bytes)
      return
    }
    if (envelope.type !== MessageType.MaskRequest && envelope.type !== MessageType.ShareRequest) dropOfOtherMode(step, envelope)
    const { state, now, out } = step
    const epoch = fromAggregator(state, envelope)
    const { roster } = epoch.held
    const { slot } = envelope
    const { end, unit, over } = slotTimes(slot, roster.slotSeconds)
    if (now < end - unit) throw new Drop('too-early')
    if (now >= over) throw new Drop('slot-over')
    const request = readRequest(envelope, input.bytes, roster)
    request.published = input.channel === 'control'
    const context: SharesContext = { ...step, epoch, slot, requests: this.#of(slot) }
    const before = requestOfRound(context.requests, request.round)
    if (before && equalBytes(before.hash, envelope.hash)) {
      before.published ||= request.published
      // An aggregator that asks again lacks the answer: the same bytes go once more.
      if (input.channel === 'sync')
        for (const bytes of before.answers) out.push({ type: 'request', to: 'aggregator', stream: 'sync', bytes })
      tellRegistrar(context, input, before)
      throw new Drop('duplicate')
    }
    const against = (state.rules.oncePerSlot ? before : undefined) ?? conflictingWith(context, request)
    if (against) beConflicting(context, against, request)
    keep(context.requests, request)
    out.push({ type: 'journal', record: { kind: 'request', slot, bytes: input.bytes } })
    answerDue(context)
    tellRegistrar(context, input, request)
  }

  /** Takes in a neighbour's word on the MaskRequest that was answered last. */
  #receiveWord(step: MeterContext, envelope: Envelope, bytes: Uint8Array): void {
    const { state } = step
    const { slot, sender } = envelope
    const epoch = epochOf(state, slot)
    const requests = this.#slots.get(slot)
    if (!epoch || epoch.held.roster.epoch !== envelope.epoch) throw new Drop('wrong-epoch')
    const { roster } = epoch.held
    const index = roster.indexOf(sender)
    const last = requests && answeredLast(requests)
    if (!last || index === undefined || !mayVouch(epoch, index, last.members)) throw new Drop('unknown-sender')
    const before = requests.words.get(index)
    // We ask for all of them again while one is lacking: that is nothing to hold against the aggregator.
    if (before && equalBytes(before, bytes)) return
    if (before) throw new Drop('duplicate')
    if (!equalBytes(MaskWordPayload.decode(envelope.payload).requestHash, last.payloadHash))
      throw new Drop('conflicting', 'a word on another M')
    const { credentials, verifier } = state.config
    const key = (verifier ?? ed25519Verifier)(sender)
    if (!(credentials ? credentials.verifies(envelope, key, roster.hash) : verifyEnvelope(envelope, key, roster.hash)))
      throw new Drop('bad-signature')
    requests.words.set(index, bytes)
    answerDue({ ...step, epoch, slot, requests })
  }

  /** Answers a request for shares that names nobody: it may be answered once our own submission is out. */
  submitted(step: MeterContext): void {
    this.tick(step)
  }

  clockAnswered(): void {
    // No request is held for the time.
  }

  tick(step: MeterContext): void {
    for (const [slot, requests] of this.#slots) {
      const epoch = epochOf(step.state, slot)
      if (epoch) answerDue({ ...step, epoch, slot, requests })
    }
  }

  /** Gives the moment at which a request that is held becomes due. */
  wakeAt(state: MeterCore): Millis | undefined {
    let next: Millis | undefined
    for (const [slot, requests] of this.#slots) {
      const { shareRequest, fetchAt } = requests
      if (!epochOf(state, slot)) continue
      const waits = requestsOf(requests).some(request => !request.done && (request !== shareRequest || fetchAt === undefined))
      if (waits) next = earliest(next, slotTimes(slot, state.config.slotSeconds).deadline)
      if (shareRequest && !shareRequest.done) next = earliest(next, fetchAt)
    }
    return next
  }

  giveUp(): void {
    // Requests of slots up to the loss of the journal are refused once they are due.
  }

  /** Gives what this meter has answered, in the order of the protocol. */
  *said(slotSeconds: number): Generator<Said> {
    for (const [slot, requests] of this.#slots) {
      const { deadline, unit } = slotTimes(slot, slotSeconds)
      for (const { answers } of requestsOf(requests)) for (const bytes of answers) yield { slot, bytes, until: deadline + 7 * unit }
    }
  }

  leavesOut({ index }: MeterEpoch, slot: Slot): boolean {
    const requests = this.#slots.get(slot)
    return requests !== undefined && requestsOf(requests).some(({ members }) => members.has(index))
  }

  forget({ config }: MeterCore, now: Millis): void {
    for (const slot of this.#slots.keys()) if (now >= slotTimes(slot, config.slotSeconds).over) this.#slots.delete(slot)
  }
}

function epochOf(state: MeterCore, slot: Slot): MeterEpoch | undefined {
  const held = state.book.ofSlot(slot)
  return held && state.epochs.get(held.roster.epoch)
}

/** Finds a request that should be nested with this one by M, and is not. */
function conflictingWith({ state: { rules }, requests }: SharesContext, request: SeenRequest): SeenRequest | undefined {
  return notNestedWith(requests, request).find(other => {
    const withShares = other.round === 'shares' || request.round === 'shares'
    return withShares ? rules.sharesContainAnswered && rules.noMasksAfterShares : rules.nestedRequests
  })
}

/** Shows two requests that must not both exist to everybody; answers nothing in the slot any more. */
function beConflicting({ epoch, slot, requests, out }: SharesContext, before: SeenRequest, request: SeenRequest): never {
  if (!requests.conflicting) {
    // Journalled, so that a restart does not forget it.
    out.push({ type: 'journal', record: { kind: 'request', slot, bytes: request.bytes } })
    const envelopes = [before.bytes, request.bytes]
    out.push({ type: 'evidence', against: epoch.held.roster.aggregatorKey, what: { kind: 'conflicting-requests', slot }, envelopes })
    for (const each of [before, request]) if (!each.published) out.push({ type: 'publish', topic: 'control', bytes: each.bytes })
  }
  requests.conflicting = true
  throw new Drop('conflicting')
}

/** Answers, or refuses, what is asked of a slot and may be answered by now. */
function answerDue(context: SharesContext): void {
  const { state, now, slot, requests } = context
  const { deadline } = slotTimes(slot, state.config.slotSeconds)
  if (now >= deadline) {
    for (const [, request] of [...requests.rounds].sort(([a], [b]) => a - b)) if (!request.done) answerMasks(context, request)
  }
  const { shareRequest } = requests
  if (!shareRequest || shareRequest.done) return
  // An empty M takes nothing off anybody, so it is answered as soon as our own submission is out.
  if (now >= deadline || (shareRequest.members.size === 0 && state.submitted.has(slot))) answerShares(context, shareRequest)
}

/** Answers a MaskRequest with our word; masks come with the shares. */
function answerMasks(context: SharesContext, request: SeenRequest): void {
  const { state, epoch, slot, requests, out } = context
  request.done = true
  if (!isAsked(epoch, request)) return
  const reason = whyNot(context, request, state.rules.nestedRequests)
  if (reason) {
    request.refusal = sendRefusal(context, request.payloadHash, reason)
    return
  }
  requests.words.clear()
  answer(context, request, MessageType.MaskWord, MaskWordPayload.encode({ requestHash: request.payloadHash }))
  out.push({ type: 'gave-word', slot })
  if (!state.rules.masksWithShares) releaseMasks(context, request)
}

function answerShares(context: SharesContext, request: SeenRequest): void {
  const { state, epoch, slot, out } = context
  if (!isAsked(epoch, request)) {
    request.done = true
    return
  }
  const waited = isWaiting(context, request)
  const reason = whyNot(context, request, state.rules.sharesContainAnswered) ?? whyNotWithWords(context, request)
  if (reason === 'wait') return
  request.done = true
  if (reason) {
    request.refusal = sendRefusal(context, request.payloadHash, waited && reason === TOO_LATE ? LACKS_WORDS : reason)
    return
  }
  if (!epoch.privateMasks) throw new HushgridError(`epoch ${epoch.held.roster.epoch}: expected private masks with double mask`)
  // A crash may have come between masks and shares.
  if (state.rules.masksWithShares && request.answers.length === 0) releaseMasks(context, request)
  const owners = shareOwners(epoch.held.roster, epoch.index, request.members)
  const shares = epoch.privateMasks.sharesOf(slot, owners)
  answer(context, request, MessageType.ShareRelease, ShareReleasePayload.encode({ requestHash: request.payloadHash, shares }))
  out.push({ type: 'shared', slot })
}

/** Releases the masks towards those of M from which we are not cut, for the lanes L(M), where there are any. */
function releaseMasks(context: SharesContext, request: SeenRequest): void {
  const { epoch, slot, out } = context
  const { roster } = epoch.held
  if (!epoch.neighbours.some(index => request.members.has(index) && !roster.isCut(epoch.index, index))) return
  const lanes = pickLanes(epoch.masks.maskTowards(slot, request.members), lanesTowards(context, request.members))
  answer(
    context,
    request,
    MessageType.MaskRelease,
    MaskReleasePayload.encode({ requestHash: request.payloadHash, lanes: lanesToBytes(lanes) })
  )
  out.push({ type: 'released', slot })
}

/** Tells whether this meter is neither named as missing nor marked absent. */
function isAsked({ held, index }: MeterEpoch, { members }: SeenRequest): boolean {
  return !members.has(index) && !held.roster.isAbsent(index)
}

/** Tells whether a member's word on a request counts: a neighbour's, present, outside M, not cut from us. */
function mayVouch({ held, index: own, neighbours }: MeterEpoch, index: number, members: ReadonlySet<number>): boolean {
  const { roster } = held
  return neighbours.includes(index) && !roster.isAbsent(index) && !members.has(index) && !roster.isCut(own, index)
}

/**
 * Gives the rule that forbids an answer: step 3 of section 7.
 *
 * @param nested - true where M has to contain every M that was answered
 */
function whyNot(context: SharesContext, request: SeenRequest, nested: boolean): RefusalReason | undefined {
  const { state, now, slot, requests } = context
  const { deadline, unit } = slotTimes(slot, state.config.slotSeconds)
  if (requests.conflicting) return 'a second request'
  if (now >= deadline + 7 * unit) return TOO_LATE
  if (slot <= state.unknownThrough) return 'the journal was lost'
  if (!hasSubmitted(context)) return 'not submitted here'
  const { shareRequest } = requests
  if (request !== shareRequest && shareRequest?.answers.length && state.rules.noMasksAfterShares) return 'shares were released already'
  const answered = [...requests.rounds.values()].filter(({ answers }) => answers.length > 0)
  if (nested && answered.some(each => !contains(request.members, each.members))) return 'does not contain what was answered'
  return tooFewOutside(context, request.members, shareThreshold)
}

/**
 * Gives the rule on words that forbids an answer to a ShareRequest, or says to wait for words that are asked for. A request
 * that names nobody takes nothing off anybody, and needs none.
 */
function whyNotWithWords(context: SharesContext, request: SeenRequest): RefusalReason | 'wait' | undefined {
  const { state, now, epoch, slot, requests, out } = context
  if (request.members.size === 0 || !state.rules.wordsOfNeighbours) return undefined
  const last = answeredLast(requests)
  if (!last || last.members.size !== request.members.size) return 'not the request that was answered last'
  if (requests.words.size >= shareThreshold(epoch.neighbours.length)) return undefined
  if (requests.fetchAt === undefined || now >= requests.fetchAt) {
    const { unit } = slotTimes(slot, state.config.slotSeconds)
    requests.fetchAt = millis(Math.ceil(now + unit / 2))
    out.push({ type: 'fetch-words', slot, requestHash: last.payloadHash })
  }
  return 'wait'
}

/** Answers, on stable storage first: from then on this kind and round are answered by these bytes and no others. */
function answer({ state, epoch, slot, out }: SharesContext, request: SeenRequest, type: MessageType, payload: Uint8Array): void {
  const { roster } = epoch.held
  const bytes = sealEnvelope(state.config.identity, type, roster.hash, roster.epoch, slot, payload)
  request.answers.push(bytes)
  out.push({ type: 'journal', record: { kind: type === MessageType.MaskWord ? 'word' : 'release', slot, bytes } })
  out.push({ type: 'publish', topic: 'readings', bytes })
}

/** Tells whether a request for shares is held for want of neighbours' words. */
function isWaiting({ requests: { shareRequest, fetchAt } }: SharesContext, request: SeenRequest): boolean {
  return request === shareRequest && !request.done && fetchAt !== undefined
}

/**
 * Tells the registrar, which hands a request over where nobody has answered, what we have answered. Where words are lacking
 * it says so for now, since whoever says nothing is at fault, and the aggregator may be keeping them from us.
 */
function tellRegistrar(context: SharesContext, { channel, from }: Incoming, request: SeenRequest): void {
  if (channel !== 'dispute') return
  const isRegistrar = from === context.state.config.registrarKey
  if (isRegistrar && isWaiting(context, request)) request.refusal ??= sealRefusal(context, request.payloadHash, LACKS_WORDS)
  const { answers, refusal } = request
  const envelopes = isRegistrar ? [...answers, ...(refusal ? [refusal] : [])] : []
  context.out.push({ type: 'answer', bytes: DisputeReply.encode({ acknowledged: request.hash, envelopes }) })
}

/** Takes in a request that is unanswered as far as is known; the record of its answer comes after it. */
function restoreRequest(requests: SlotRequests, request: SeenRequest): void {
  request.published = true
  if (requestOfRound(requests, request.round) || notNestedWith(requests, request).length > 0) requests.conflicting = true
  else keep(requests, request)
}

function restoreAnswer(requests: SlotRequests, { type, payload }: Envelope, bytes: Uint8Array): void {
  const read =
    type === MessageType.ShareRelease ? ShareReleasePayload : type === MessageType.MaskWord ? MaskWordPayload : MaskReleasePayload
  const { requestHash } = read.decode(payload)
  for (const request of requestsOf(requests)) {
    if (!equalBytes(request.payloadHash, requestHash)) continue
    // Masks come before the shares, which end the answer.
    request.done ||= type !== MessageType.MaskRelease
    request.answers.push(bytes)
  }
}
