// Faults for a slot of a network with double mask, as far as the registrar witnessed it (PROTOCOL.md section 7).
import {
  decodeMemberSet,
  LossReason,
  MessageType,
  SHARE_BYTES,
  ShareReleasePayload,
  SlotLostPayload,
  SubmissionPayload
} from '@hushgrid/messages'
import { equalBytes, type MeterId, slotTimes } from '@hushgrid/primitives'
import { shareThreshold } from '@hushgrid/topology'
import { owingRelease } from '../../masks/owing.ts'
import { type PublishedMask, shareOwners, type Unopened, unmask, withUnopenable } from '../../masks/share-recovery.ts'
import { fault } from '../bars.ts'
import { isValid, released, validSubmission } from '../heard.ts'
import type { WitnessContext } from '../state.ts'
import type { HeardRequest, WitnessedSlot } from '../witnessed-slot.ts'
import { couldAnswer, inTime, missingByResult, suspect } from './faults.ts'
import type { Judgement } from './judgement.ts'

export const DOUBLE_MASK: Judgement = {
  hears: new Set([MessageType.MaskRequest, MessageType.ShareRequest]),
  wronged(context, twice) {
    const wronged = wronglyNamed(context, twice)
    const { result, requests } = context.witnessed
    // Members that a total leaves out are named by its requests, and judged round by round.
    const named = result?.missing && requests.length > 0 ? [] : missingByResult(context)
    for (const id of inTime(context, named, twice)) wronged.add(id)
    return wronged
  },
  judgeLoss(context) {
    for (const id of silentMembers(context)) suspect(context, id)
    const { unfitting, fitting } = judgeUnfitting(context)
    for (const id of unfitting) fault(context, id, 'wrong-corrections')
    const { slot, out } = context
    if (fitting.length > 0) out.push({ type: 'aggregator-fault', slot, kind: 'shares-fit', members: [...fitting].sort() })
  }
}

/**
 * Finds the members that the aggregator called missing or silent although their messages were there in time. A round may
 * name the missing, those silent in the round before, and those who cannot be opened then.
 */
function wronglyNamed(context: WitnessContext, twice: ReadonlySet<MeterId>): Set<MeterId> {
  const { state, slot, witnessed } = context
  const { roster } = witnessed.held
  const { deadline, unit } = slotTimes(slot, roster.slotSeconds)
  const notIn: number[] = []
  for (let index = 0; index < roster.n; index++) {
    const id = roster.meterId(index)
    if (!roster.isAbsent(index) && (twice.has(id) || !validSubmission(state, witnessed, id, deadline))) notIn.push(index)
  }
  const wronged = new Set<MeterId>()
  const rounds = maskRounds(witnessed)
  rounds.forEach((request, i) => {
    const before = rounds[i - 1]
    // Silence in the round before cannot be told without that round's request.
    if (request.round !== 0 && before?.round !== (request.round as number) - 1) return
    const silent = before ? silentIn(context, before, request.at - unit / 2) : []
    const allowed = new Set(withUnopenable(roster, before ? [...before.members, ...silent] : notIn))
    for (const index of request.members) if (!allowed.has(index)) wronged.add(roster.meterId(index))
  })
  return wronged
}

/** Gives the first MaskRequest of each round that was heard, ascending. */
function maskRounds({ requests }: WitnessedSlot): HeardRequest[] {
  const byRound = new Map<number, HeardRequest>()
  for (const request of requests) if (request.round !== 'shares' && !byRound.has(request.round)) byRound.set(request.round, request)
  return [...byRound].sort(([a], [b]) => a - b).map(([, request]) => request)
}

/** Gives the positions of members that owed a release and of which none was witnessed by then. */
function silentIn(context: WitnessContext, request: HeardRequest, before = Number.POSITIVE_INFINITY): number[] {
  const { roster } = context.witnessed.held
  return [...owingRelease(roster, request.members)].filter(index => !released(context, roster.meterId(index), request, before))
}

/** Gives, by holder's position, the shares witnessed for a ShareRequest, where their number is the one owed. */
function sharesFor({ state, witnessed }: WitnessContext, { members, payloadHash }: HeardRequest): Map<number, Uint8Array> {
  const { roster } = witnessed.held
  const shares = new Map<number, Uint8Array>()
  for (const [id, heard] of witnessed.shares) {
    const index = roster.indexOf(id) as number
    for (const each of heard) {
      if (members.has(index) || !isValid(state, each, roster)) continue
      const payload = ShareReleasePayload.decode(each.envelope.payload)
      const fitting = payload.shares.byteLength === SHARE_BYTES * shareOwners(roster, index, members).length
      if (fitting && equalBytes(payload.requestHash, payloadHash)) shares.set(index, payload.shares)
    }
  }
  return shares
}

/**
 * Finds the members that kept a lost slot from its total by silence: they owed a release or shares, could have sent them by
 * the rules, and none were witnessed.
 */
function silentMembers(context: WitnessContext): MeterId[] {
  const { state, slot, witnessed } = context
  const { result, held, requests } = witnessed
  if (!result || result.missing || witnessed.conflicting) return []
  const { reason, members } = SlotLostPayload.decode(result.payload)
  const last = requests.find(each => each.round === 'shares') ?? maskRounds(witnessed).at(-1)
  if (reason !== LossReason.Unanswered || !last) return []
  const { roster } = held
  const blamed = new Set(decodeMemberSet(members, roster.n))
  const { deadline, unit } = slotTimes(slot, roster.slotSeconds)
  const silent = last.round === 'shares' ? silentHolders(context, last, blamed) : silentIn(context, last)
  return silent
    .filter(index => couldAnswer(context, index, last.members, shareThreshold))
    .map(index => roster.meterId(index))
    .filter(id => validSubmission(state, witnessed, id, deadline + unit) !== undefined)
}

/** Finds the holders of shares of the owners that the loss names, where none of their shares were witnessed. */
function silentHolders(context: WitnessContext, request: HeardRequest, owners: ReadonlySet<number>): number[] {
  const { roster } = context.witnessed.held
  const { members } = request
  const shares = sharesFor(context, request)
  const silent: number[] = []
  for (let index = 0; index < roster.n; index++) {
    if (roster.isAbsent(index) || members.has(index) || shares.has(index)) continue
    if (owners.size === 0 || shareOwners(roster, index, members).some(owner => owners.has(owner))) silent.push(index)
  }
  return silent
}

/**
 * Judges a slot that is lost because shares do not fit. Opens what was witnessed here as well, since the aggregator's word
 * alone makes nobody guilty.
 *
 * @returns owners whose masks cannot be opened here either, and owners whose masks can
 */
function judgeUnfitting(context: WitnessContext): { readonly unfitting: readonly MeterId[]; readonly fitting: readonly MeterId[] } {
  const { state, slot, witnessed } = context
  const { result, held, requests } = witnessed
  const request = requests.find(each => each.round === 'shares')
  const none = { unfitting: [], fitting: [] }
  if (!result || result.missing || witnessed.conflicting || !request) return none
  const { reason, members } = SlotLostPayload.decode(result.payload)
  if (reason !== LossReason.UnfittingShares) return none
  const { roster } = held
  const published = new Map<number, PublishedMask>()
  for (const index of decodeMemberSet(members, roster.n)) {
    const heard = validSubmission(state, witnessed, roster.meterId(index))
    if (heard) published.set(index, SubmissionPayload.decode(heard.envelope.payload))
  }
  const { unopened } = unmask({ roster, slot, members: request.members, published }, sharesFor(context, request))
  const by = (why: Unopened['for']): MeterId[] => unopened.filter(each => each.for === why).map(({ owner }) => roster.meterId(owner))
  const not = new Set([...by('fit'), ...by('shares')])
  return { unfitting: by('fit'), fitting: [...published.keys()].map(index => roster.meterId(index)).filter(id => !not.has(id)) }
}
