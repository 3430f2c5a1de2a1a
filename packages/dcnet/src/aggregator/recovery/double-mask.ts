// The aggregator's part in a slot of a network with double mask (PROTOCOL.md section 7, recovery 2): up to six rounds of
// MaskRequests while somebody is missing, until every survivor has given its word on one M; then one ShareRequest, and the
// survivors' private masks are opened.
import {
  Drop,
  decodeMemberSet,
  EdgeRequestPayload,
  type Envelope,
  encodeMemberSet,
  LossReason,
  MASK_ROUNDS,
  MaskWordPayload,
  MessageType,
  SHARE_BYTES,
  ShareReleasePayload,
  sealEnvelope
} from '@hushgrid/messages'
import { equalBytes, HushgridError, millis, type Slot, slotTimes, subtractLanes } from '@hushgrid/primitives'
import { closeMissing, shareThreshold } from '@hushgrid/topology'
import { type Conflict, type PublishedMask, shareOwners, type Unmasked, unmask } from '../../masks/share-recovery.ts'
import { maskGraphOf, openLanesOf } from '../../roster/mask-graph.ts'
import type { Roster } from '../../roster/roster.ts'
import { DOUBLE_MASK_REQUESTS, type RequestDraft, requestIn } from '../../transcript/requests.ts'
import type { SlotContext } from '../core.ts'
import { draftTotal, lose, missingOf, publishTotal } from '../slot.ts'
import type { AggregatorRecovery, Answer } from './recovery.ts'
import {
  type Asked,
  isAnswered,
  maskRequest,
  publishAgain,
  type ReadRelease,
  type Release,
  readMasks,
  requestHashIn,
  resend,
  restoreInto,
  type SlotRequest,
  slotRequest,
  takeAnswer,
  unanswered
} from './request.ts'

/**
 * Ends of the rounds, at which silent members are given up, in units after the deadline. The first rounds get most of the
 * time, since a slow answer costs its sender the slot, and a later round has fewer left to wait for. All end a unit before
 * D + 7u, up to which requests are accepted.
 */
const ROUND_ENDS = [3, 4, 4.75, 5.25, 5.625, 6] as const
/** Units that a late round gets, as after a restart; also those for which a ShareRequest waits for all answers. */
const LATE_WAIT = 0.75
const SHARE_WAIT = 1
/** Units after the deadline at which the first MaskRequest goes out. */
const FIRST_ROUND = 1
/** Units after the deadline from which no round begins any more. */
const LAST_ROUND = 6.5
/** Units after the deadline up to which requests are answered. */
const ANSWERED = 7

/** A ShareRelease that counts. */
interface SharesCounted extends Release {
  /** Shares, 16 bytes for each of `shareOwners`. */
  readonly shares: Uint8Array
}

/** A ShareRequest that is out, and the answers to it: shares of all survivors, masks of those who owe some. */
interface ShareCollection extends SlotRequest<SharesCounted> {
  readonly masks: SlotRequest
  /** Positions in M. */
  readonly leftOut: ReadonlySet<number>
  /** True where the shares there at `until` have been tried; the rest count at D + 7u. */
  tried: boolean
}

type Sent = Pick<Asked, 'bytes' | 'payload' | 'members'>

export class DoubleMaskAggregator implements AggregatorRecovery {
  /** The last round's MaskRequest, and the words on it. */
  request: SlotRequest<Release> | undefined
  shares: ShareCollection | undefined

  get hasAsked(): boolean {
    return this.#current !== undefined
  }

  /** The request in force. */
  get #current(): SlotRequest<Release> | ShareCollection | undefined {
    return this.shares ?? this.request
  }

  /** Gives the positions of those who have not answered the request in force whole. */
  #owing(): number[] {
    const { shares, request } = this
    if (!shares) return request ? unanswered(request) : []
    const { masks, refusals, releases } = shares
    const isWhole = (index: number): boolean => releases.has(index) && (!masks.owing.has(index) || masks.releases.has(index))
    return [...shares.owing].filter(index => !refusals.has(index) && !isWhole(index))
  }

  restoreRequest(context: SlotContext, { type, payload }: Envelope, bytes: Uint8Array): void {
    const asked = requestIn({ type, payload })
    if (!asked) throw new HushgridError(`the aggregator's store: expected a request, got a ${type}`)
    const sent: Sent = { bytes, payload, members: decodeMemberSet(asked.members, context.open.held.roster.n) }
    if (asked.round === 'shares') this.shares = shareCollection(context, sent)
    else this.request = maskRound(context, sent, asked.round, true)
  }

  restoreAnswer(context: SlotContext, answer: Answer): void {
    const { roster } = context.open.held
    const { shares, request } = this
    if (answer.envelope.type === MessageType.MaskWord) {
      if (request && isFor(request, answer)) restoreInto(request, answer, readWord(request))
    } else if (answer.envelope.type === MessageType.MaskRelease) {
      if (shares) restoreInto(shares.masks, answer, readMasks(shares.masks, roster))
    } else if (shares) restoreInto(shares, answer, readShares(shares, roster))
    else if (request) restoreInto(request, answer, readWord(request))
  }

  takeUpAgain(context: SlotContext): void {
    if (this.#current) publishAgain(context, this.#current, { units: ANSWERED, owing: this.#owing() })
    this.proceed(context)
  }

  wordsOn(requestHash: Uint8Array, neighbours: readonly number[]): Uint8Array[] {
    const { request } = this
    if (!request || !equalBytes(request.payloadHash, requestHash)) return []
    return neighbours.flatMap(index => request.releases.get(index)?.bytes ?? [])
  }

  receive(context: SlotContext, answer: Answer): void {
    const { type } = answer.envelope
    const { roster } = context.open.held
    const { shares, request } = this
    if (type === MessageType.Dispute) throw new Drop('unexpected-type', 'no disputes in this network')
    const isWord = type === MessageType.MaskWord
    const current = isWord ? request : this.#current
    if (!current) throw new Drop('unexpected-type', `${type} that nobody asked for`)
    // An answer to a round that has ended comes late, and is nobody's fault.
    if (!isFor(current, answer) || (isWord && shares)) throw new Drop('slot-over', 'a round that has ended')
    if (!shares) {
      if (type !== MessageType.MaskWord && type !== MessageType.Refusal) throw new Drop('unexpected-type', `${type} that nobody asked for`)
      takeAnswer(context, current as SlotRequest<Release>, answer, readWord(current))
    } else if (type === MessageType.MaskRelease) takeAnswer(context, shares.masks, answer, readMasks(shares.masks, roster))
    else takeAnswer(context, shares, answer, readShares(shares, roster))
    this.proceed(context)
  }

  /** Goes on with a slot as soon as what it waits for is there: the next request, or the end. */
  proceed(context: SlotContext): void {
    const { open } = context
    const { request, shares } = this
    if (shares) {
      if (this.#owing().length === 0) this.#finishShares(context, shares, true)
    } else if (request) {
      if (request.releases.size === request.owing.size) this.#requestShares(context, request.members)
      else if (isAnswered(request)) this.#nextRound(context, request)
    } else if (open.count === open.held.roster.presentCount) this.#requestShares(context, [])
  }

  tick(context: SlotContext): void {
    const { state, now, slot } = context
    const { slotSeconds } = state.config
    if (!this.#current) {
      if (now >= units(slot, slotSeconds, FIRST_ROUND)) this.#beginRounds(context)
      return
    }
    const current = this.#current
    if (!current.resent && now >= resendAt(current)) resend(context, current, this.#owing())
    const { request, shares } = this
    if (shares && !shares.tried && now >= shares.until) {
      shares.tried = true
      this.#finishShares(context, shares, false)
    } else if (request && !shares && now >= request.until) this.#nextRound(context, request)
    if (state.open.has(slot) && now >= units(slot, slotSeconds, ANSWERED)) this.#giveUp(context)
  }

  wakeAt({ slot, open }: Pick<SlotContext, 'slot' | 'open'>): number {
    const { slotSeconds } = open.held.roster
    const current = this.#current
    if (!current) return units(slot, slotSeconds, FIRST_ROUND)
    const resendWhen = current.resent ? Number.POSITIVE_INFINITY : resendAt(current)
    const until = this.shares?.tried ? Number.POSITIVE_INFINITY : current.until
    return Math.min(resendWhen, until, units(slot, slotSeconds, ANSWERED))
  }

  /** Begins the first round at D + u, or ends the slot where too few are left for any. */
  #beginRounds(context: SlotContext): void {
    const { roster } = context.open.held
    const missing = missingOf(context.open)
    const members = closed(roster, missing)
    if (!members) lose(context, LossReason.MembersMissing, missing)
    else if (members.length === 0) this.#requestShares(context, [])
    else this.#requestWords(context, 0, members)
  }

  /** Asks all survivors for their word that they were shown this M. */
  #requestWords(context: SlotContext, round: number, members: readonly number[]): void {
    const { slot, open, out } = context
    const { roster } = open.held
    const draft = DOUBLE_MASK_REQUESTS.masks(encodeMemberSet(members, roster.n), round)
    const bytes = send(context, draft, round)
    this.request = maskRound(context, { bytes, payload: draft.payload, members }, round)
    out.push({ type: 'requested', slot, round, missing: members.map(index => roster.meterId(index)) })
    this.proceed(context)
  }

  /** Asks all survivors for masks towards M, and for the shares that they hold of each other's private masks, once a slot. */
  #requestShares(context: SlotContext, members: readonly number[]): void {
    const { slot, open, out } = context
    const { roster } = open.held
    const draft = DOUBLE_MASK_REQUESTS.shares(encodeMemberSet(members, roster.n))
    const bytes = send(context, draft, MASK_ROUNDS)
    this.shares = shareCollection(context, { bytes, payload: draft.payload, members })
    out.push({ type: 'shares-requested', slot, missing: members.map(index => roster.meterId(index)) })
  }

  /** Begins a round that leaves out the silent as well, or ends the slot. */
  #nextRound(context: SlotContext, request: SlotRequest<Release>): void {
    const { now, slot, open } = context
    const { roster } = open.held
    const silent = silentIn(request)
    const members = closed(roster, [...request.members, ...silent])
    const round = request.round + 1
    const { deadline, unit } = slotTimes(slot, roster.slotSeconds)
    if (round < MASK_ROUNDS && members && now < deadline + LAST_ROUND * unit) {
      this.#requestWords(context, round, members)
      return
    }
    const refused = silent.filter(index => request.refusals.has(index))
    if (refused.length > 0) lose(context, LossReason.Refused, refused)
    else lose(context, LossReason.Unanswered, silent)
  }

  /**
   * Opens the survivors' private masks; loses the slot where one cannot be opened, unless more shares may still come.
   *
   * @param final - true where none will
   */
  #finishShares(context: SlotContext, shares: ShareCollection, final: boolean): void {
    const { open } = context
    const silent = silentIn(shares.masks)
    const { masks, unopened, conflicts, used } = opened(context, shares)
    if (!final && (silent.length > 0 || unopened.length > 0)) return
    for (const conflict of conflicts) reportConflict(context, shares, conflict)
    if (silent.length > 0) {
      const refused = silent.filter(index => shares.refusals.has(index))
      lose(context, refused.length > 0 ? LossReason.Refused : LossReason.Unanswered, refused.length > 0 ? refused : silent)
      return
    }
    if (unopened.length > 0) {
      const few = unopened.filter(each => each.for === 'shares')
      const reason = few.length === 0 ? LossReason.UnfittingShares : shares.refusals.size > 0 ? LossReason.Refused : LossReason.Unanswered
      lose(
        context,
        reason,
        (few.length === 0 ? unopened : few).map(({ owner }) => owner)
      )
      return
    }
    const draft = draftTotal(open, { ...shares, releases: shares.masks.releases }, shares.leftOut)
    subtractLanes(draft.sum, masks)
    const holders = new Set([...used.values()].flat())
    draft.used.push(...[...shares.releases].flatMap(([holder, release]) => (holders.has(holder) ? [release] : [])))
    publishTotal(context, draft)
  }

  /** Ends the slot at D + 7u with what is there. */
  #giveUp(context: SlotContext): void {
    if (this.shares) {
      this.#finishShares(context, this.shares, true)
      return
    }
    const silent = this.request ? silentIn(this.request) : []
    if (silent.length > 0) lose(context, LossReason.Unanswered, silent)
    else lose(context, LossReason.MembersMissing, missingOf(context.open))
  }
}

/** Closes M under the two rules of double mask; undefined where M is refused by all. */
function closed(roster: Roster, missing: readonly number[]): number[] | undefined {
  const members = closeMissing(maskGraphOf(roster), new Set(missing), shareThreshold(roster.neighbourCount))
  return openLanesOf(roster, members) && [...members].sort((a, b) => a - b)
}

/** Tells whether an answer names a request. */
function isFor({ payloadHash }: Pick<SlotRequest<Release>, 'payloadHash'>, { envelope }: Answer): boolean {
  return equalBytes(requestHashIn(envelope), payloadHash)
}

/** Reads a word on just this request. */
function readWord({ payloadHash }: Pick<SlotRequest<Release>, 'payloadHash'>): ReadRelease<Release> {
  return ({ envelope, bytes }) => {
    if (!equalBytes(MaskWordPayload.decode(envelope.payload).requestHash, payloadHash))
      throw new Drop('conflicting', 'expected a word on our request')
    return { hash: envelope.hash, bytes }
  }
}

/** Tells the registrar of a share that lacks its owner's tag, with the signed messages that show it: one of the two lies. */
function reportConflict({ state, slot, open, out }: SlotContext, shares: ShareCollection, { owner, holder }: Conflict): void {
  const { roster } = open.held
  const [submission, release] = [open.submissions[owner]?.bytes, shares.releases.get(holder)?.bytes]
  if (!submission || !release) return
  const payload = EdgeRequestPayload.encode({ request: shares.bytes, submission, release })
  const bytes = sealEnvelope(state.config.identity, MessageType.Conflict, roster.hash, roster.epoch, slot, payload)
  out.push({ type: 'conflict', slot, owner: roster.meterId(owner), holder: roster.meterId(holder), bytes })
}

function units(slot: Slot, slotSeconds: number, count: number): number {
  const { deadline, unit } = slotTimes(slot, slotSeconds)
  return Math.ceil(deadline + count * unit)
}

function resendAt({ sentAt, until }: Pick<Asked, 'sentAt' | 'until'>): number {
  return Math.ceil((sentAt + until) / 2)
}

/** Gives the positions of those who owe a release and have not given it, ascending. */
function silentIn({ owing, releases }: SlotRequest<Release>): number[] {
  return [...owing].filter(index => !releases.has(index)).sort((a, b) => a - b)
}

/** Sends a request to all, on stable storage first, since it is the slot's only one of its part. */
function send({ state, slot, open, out }: SlotContext, { type, payload }: RequestDraft, part: number): Uint8Array {
  const { roster } = open.held
  const bytes = sealEnvelope(state.config.identity, type, roster.hash, roster.epoch, slot, payload)
  out.push({ type: 'journal', record: { kind: 'request', slot, epoch: roster.epoch, part, bytes } })
  out.push({ type: 'publish', topic: 'control', bytes })
  return bytes
}

/**
 * Begins a round: everybody present and outside M owes a word.
 *
 * @param again - true after a restart, when its time may have passed
 */
function maskRound({ now, slot, open }: SlotContext, sent: Sent, round: number, again = false): SlotRequest<Release> {
  const { roster } = open.held
  const { unit } = slotTimes(slot, roster.slotSeconds)
  const planned = units(slot, roster.slotSeconds, ROUND_ENDS[round] ?? 0)
  const until = again || planned <= now ? Math.max(planned, Math.ceil(now + LATE_WAIT * unit)) : planned
  return slotRequest({ ...sent, round, sentAt: now, until: millis(until) }, survivorsOf(roster, sent.members))
}

/** Gives the positions of the present members outside M. */
function survivorsOf(roster: Roster, members: readonly number[]): Set<number> {
  const leftOut = new Set(members)
  const survivors = new Set<number>()
  for (let index = 0; index < roster.n; index++) if (!roster.isAbsent(index) && !leftOut.has(index)) survivors.add(index)
  return survivors
}

/** Begins a ShareRequest, new or after a restart: everybody present and outside M owes shares. */
function shareCollection({ now, slot, open }: SlotContext, sent: Sent): ShareCollection {
  const { roster } = open.held
  const { unit } = slotTimes(slot, roster.slotSeconds)
  const asked: Asked = { ...sent, round: MASK_ROUNDS, sentAt: now, until: millis(Math.ceil(now + SHARE_WAIT * unit)) }
  const request = slotRequest<SharesCounted>(asked, survivorsOf(roster, sent.members))
  return { ...request, masks: maskRequest(roster, asked), leftOut: new Set(sent.members), tried: false }
}

/** Reads a ShareRelease for just this request. */
function readShares({ payloadHash, leftOut }: ShareCollection, roster: Roster): ReadRelease<SharesCounted> {
  return ({ envelope, bytes, index }) => {
    const { requestHash, shares } = ShareReleasePayload.decode(envelope.payload)
    if (!equalBytes(requestHash, payloadHash)) throw new Drop('conflicting', 'expected shares for our request')
    const owners = shareOwners(roster, index, leftOut)
    if (shares.byteLength !== SHARE_BYTES * owners.length)
      throw new Drop('wrong-shape', `expected the shares of ${owners.length} owners, got ${shares.byteLength} bytes`)
    return { hash: envelope.hash, bytes, shares }
  }
}

/** Opens the private masks of all who are in, as far as the shares go. */
function opened({ slot, open }: SlotContext, { owing, releases, leftOut }: ShareCollection): Unmasked {
  const published = new Map<number, PublishedMask>()
  for (const index of owing) {
    const mask = open.submissions[index]?.published
    if (mask) published.set(index, mask)
  }
  const shares = new Map([...releases].map(([index, release]) => [index, release.shares] as const))
  return unmask({ roster: open.held.roster, slot, members: leftOut, published }, shares)
}
