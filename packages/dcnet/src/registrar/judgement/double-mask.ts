// Faults for a slot of a network with double mask, as far as the registrar witnessed it (PROTOCOL.md section 7).
import {
  decodeMemberSet,
  LossReason,
  MaskWordPayload,
  MessageType,
  ShareReleasePayload,
  SlotLostPayload,
  SubmissionPayload
} from '@hushgrid/messages'
import { equalBytes, type MeterId, slotTimes } from '@hushgrid/primitives'
import { closeMissing, shareThreshold } from '@hushgrid/topology'
import { unmask } from '../../masks/share-recovery.ts'
import { maskGraphOf } from '../../roster/mask-graph.ts'
import type { Roster } from '../../roster/roster.ts'
import { isValid, sharesFor, validSubmission } from '../heard.ts'
import { provenFault } from '../membership/bars.ts'
import type { WitnessContext } from '../state.ts'
import type { Heard, HeardRequest, WitnessedSlot } from '../witnessed-slot.ts'
import { inTime, missingByResult } from './faults.ts'
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
  owes: (roster, { members }) => survivorsOf(roster, members),
  judgeLoss(context) {
    const { unfitting, fitting } = judgeUnfitting(context)
    for (const [id, proofs] of unfitting) provenFault(context, id, 'wrong-corrections', proofs)
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
    const known = new Set(before ? [...before.members, ...silent] : notIn)
    const allowed = closeMissing(maskGraphOf(roster), known, shareThreshold(roster.neighbourCount))
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

/** Gives the positions of the survivors of whom no word on a request was witnessed by then. */
function silentIn(context: WitnessContext, request: HeardRequest, before: number): number[] {
  const { roster } = context.witnessed.held
  return [...survivorsOf(roster, request.members)].filter(index => !gaveWord(context, roster.meterId(index), request, before))
}

function gaveWord({ state, witnessed }: WitnessContext, id: MeterId, { payloadHash }: HeardRequest, before: number): boolean {
  return (witnessed.words.get(id) ?? []).some(
    heard =>
      heard.at < before &&
      isValid(state, heard, witnessed.held.roster) &&
      equalBytes(MaskWordPayload.decode(heard.envelope.payload).requestHash, payloadHash)
  )
}

/** Gives the positions of the present members outside M. */
function* survivorsOf(roster: Roster, members: ReadonlySet<number>): Generator<number> {
  for (let index = 0; index < roster.n; index++) if (!roster.isAbsent(index) && !members.has(index)) yield index
}

/** Gives, by holder's position, the ShareReleases witnessed for a ShareRequest. */
function releasesFor(context: WitnessContext, request: HeardRequest): Map<number, Heard> {
  const { roster } = context.witnessed.held
  const releases = new Map<number, Heard>()
  for (const index of survivorsOf(roster, request.members)) {
    const heard = sharesFor(context, roster.meterId(index), request)
    if (heard) releases.set(index, heard)
  }
  return releases
}

/** Owners whose masks do not open with t shares, each with the envelopes that prove it, and owners named for it whose masks do. */
interface Unfitting {
  readonly unfitting: readonly (readonly [MeterId, readonly Uint8Array[]])[]
  readonly fitting: readonly MeterId[]
}

/**
 * Judges a slot that is lost by the shares that were witnessed here, since the aggregator's word makes nobody guilty, and
 * clears nobody. Wrong corrections are proven by the request, the owner's submission, and the shares that have its tags.
 */
function judgeUnfitting(context: WitnessContext): Unfitting {
  const { state, slot, witnessed } = context
  const { result, held, requests } = witnessed
  const request = requests.find(each => each.round === 'shares')
  const none: Unfitting = { unfitting: [], fitting: [] }
  if (!result || result.missing || witnessed.conflicting || !request) return none
  const { reason, members } = SlotLostPayload.decode(result.payload)
  const { roster } = held
  const named = reason === LossReason.UnfittingShares ? decodeMemberSet(members, roster.n) : []
  const submissions = new Map<number, Heard>()
  for (const index of survivorsOf(roster, request.members)) {
    const heard = validSubmission(state, witnessed, roster.meterId(index))
    if (heard) submissions.set(index, heard)
  }
  const published = new Map([...submissions].map(([index, { envelope }]) => [index, SubmissionPayload.decode(envelope.payload)] as const))
  const releases = releasesFor(context, request)
  const shares = new Map(
    [...releases].map(([index, { envelope }]) => [index, ShareReleasePayload.decode(envelope.payload).shares] as const)
  )
  const { unopened, used } = unmask({ roster, slot, members: request.members, published }, shares)
  const not = new Set(unopened.map(({ owner }) => owner))
  const proofsOf = (owner: number): Uint8Array[] =>
    [request, submissions.get(owner), ...(used.get(owner) ?? []).map(holder => releases.get(holder))].flatMap(each => each?.bytes ?? [])
  return {
    unfitting: unopened.flatMap(({ owner, for: why }) => (why === 'fit' ? [[roster.meterId(owner), proofsOf(owner)] as const] : [])),
    fitting: named.filter(index => published.has(index) && !not.has(index)).map(index => roster.meterId(index))
  }
}
