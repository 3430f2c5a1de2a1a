// A request that is out, of whatever mode, and the answers to it.
import {
  Drop,
  type Envelope,
  MaskReleasePayload,
  MaskWordPayload,
  MessageType,
  RefusalPayload,
  ShareReleasePayload
} from '@hushgrid/messages'
import { equalBytes, lanesFromExactBytes, type Millis, sha256, slotTimes } from '@hushgrid/primitives'
import { owingRelease } from '../../masks/owing.ts'
import { fitting } from '../../protocol/fitting.ts'
import { openLanesOf, spreadLanes } from '../../roster/mask-graph.ts'
import type { Roster } from '../../roster/roster.ts'
import type { Counted, SlotContext } from '../core.ts'
import type { Answer } from './recovery.ts'

/** An answer that counts. */
export type Release = Pick<Counted, 'hash' | 'bytes'>

/** A request that is out, and the answers to it. */
export interface SlotRequest<Given extends Release = Counted> {
  /** Round, 0 to 5; always 0 with edge release. */
  readonly round: number
  readonly bytes: Uint8Array
  readonly hash: Uint8Array
  readonly payloadHash: Uint8Array
  /** M: positions of the missing members, ascending. */
  readonly members: readonly number[]
  /** Positions that owe an answer. */
  readonly owing: ReadonlySet<number>
  readonly releases: Map<number, Given>
  readonly refusals: Map<number, string>
  /** True once it was sent again over streams to those who still owe. */
  resent: boolean
  readonly sentAt: Millis
  /** Moment from which the silent are not waited for. */
  readonly until: Millis
}

/** A request that goes out, or was in the store. */
export interface Asked {
  readonly bytes: Uint8Array
  readonly payload: Uint8Array
  readonly members: readonly number[]
  readonly round: number
  readonly sentAt: Millis
  readonly until: Millis
}

/** Makes a request with nothing answered yet. */
export function slotRequest<Given extends Release>({ payload, ...asked }: Asked, owing: ReadonlySet<number>): SlotRequest<Given> {
  return {
    ...asked,
    hash: sha256(asked.bytes),
    payloadHash: sha256(payload),
    owing,
    releases: new Map(),
    refusals: new Map(),
    resent: false
  }
}

/** Makes a request for masks: everybody outside M with a neighbour in M owes a release. */
export function maskRequest(roster: Roster, asked: Asked): SlotRequest {
  return slotRequest(asked, owingRelease(roster, asked.members))
}

/** Tells whether everybody who owes an answer has given one, or said why not. */
export function isAnswered({ releases, refusals, owing }: SlotRequest<Release>): boolean {
  return releases.size + refusals.size === owing.size
}

/** Gives the positions of those who still owe an answer. */
export function unanswered({ owing, releases, refusals }: SlotRequest<Release>): number[] {
  return [...owing].filter(index => !releases.has(index) && !refusals.has(index))
}

/** Sends a request again, by stream, to whoever still owes an answer. */
export function resend({ open, out }: SlotContext, request: SlotRequest<Release>, owing: readonly number[]): void {
  request.resent = true
  for (const index of owing) out.push({ type: 'send', to: open.held.roster.meterId(index), bytes: request.bytes })
}

/** A request that is sent again. */
interface Again {
  /** Units after the deadline up to which it is. */
  readonly units: number
  /** Positions of those who still owe an answer. */
  readonly owing: readonly number[]
}

/** Sends a request again to all. */
export function publishAgain(context: SlotContext, request: SlotRequest<Release>, { units, owing }: Again): void {
  const { state, now, slot, out } = context
  const { deadline, unit } = slotTimes(slot, state.config.slotSeconds)
  if (now >= deadline + units * unit) return
  out.push({ type: 'publish', topic: 'control', bytes: request.bytes })
  resend(context, request, owing)
}

/** Reader of what a release adds, from its payload. @throws Drop */
export type ReadRelease<Given> = (answer: Answer) => Given

/**
 * Takes in a release or a refusal by a member that owes one.
 *
 * @throws Drop unless it is the first one and answers just this request
 */
export function takeAnswer<Given extends Release>(
  context: SlotContext,
  request: SlotRequest<Given>,
  answer: Answer,
  read: ReadRelease<Given>
): void {
  const { slot, out } = context
  const { envelope, bytes, index } = answer
  const { type, sender } = envelope
  if (!request.owing.has(index)) throw new Drop('unexpected-type', `${type} of a member that owes none`)
  const before = request.releases.get(index)
  if (before && equalBytes(before.hash, envelope.hash)) throw new Drop('duplicate')
  if (request.refusals.has(index)) throw new Drop('duplicate')
  answer.verify()
  if (type === MessageType.Refusal) {
    const { requestHash, reason } = RefusalPayload.decode(envelope.payload)
    if (!equalBytes(requestHash, request.payloadHash)) throw new Drop('conflicting', 'expected an answer to our request')
    request.refusals.set(index, reason)
    keepAnswer(context, bytes)
    out.push({ type: 'refused', slot, by: sender, reason })
    return
  }
  const release = read(answer)
  if (before) {
    out.push({ type: 'evidence', against: sender, what: { kind: 'two-releases', slot }, envelopes: [before.bytes, bytes] })
    throw new Drop('conflicting')
  }
  request.releases.set(index, release)
  keepAnswer(context, bytes)
  out.push({ type: TOLD[type] ?? 'release', slot, by: sender })
}

/** Outputs that tell of an answer. */
const TOLD: Partial<Record<MessageType, 'share' | 'word'>> = { [MessageType.ShareRelease]: 'share', [MessageType.MaskWord]: 'word' }

/** Journals an answer that was taken. */
export function keepAnswer({ slot, open, out }: SlotContext, bytes: Uint8Array): void {
  out.push({ type: 'journal', record: { kind: 'received', slot, epoch: open.held.roster.epoch, bytes } })
}

/** Takes in an answer of the store, which was checked before it was written. */
export function restoreInto<Given extends Release>(request: SlotRequest<Given>, answer: Answer, read: ReadRelease<Given>): void {
  const { type, payload } = answer.envelope
  if (type === MessageType.Refusal) request.refusals.set(answer.index, RefusalPayload.decode(payload).reason)
  else request.releases.set(answer.index, read(answer))
}

/** Reads the masks of a release for just this request; lanes that are not in L(M) are zero. */
export function readMasks({ payloadHash, members }: SlotRequest, roster: Roster): ReadRelease<Counted> {
  const open = openLanesOf(roster, new Set(members)) ?? []
  return ({ envelope, bytes }) => {
    const { requestHash, lanes } = MaskReleasePayload.decode(envelope.payload)
    if (!equalBytes(requestHash, payloadHash)) throw new Drop('conflicting', 'expected a release for our request')
    const masks = fitting(() => lanesFromExactBytes(lanes, open.length))
    return { hash: envelope.hash, bytes, lanes: spreadLanes(masks, open, roster.lanes.length) }
  }
}

/** Gives the hash of the request that an answer names. */
export function requestHashIn({ type, payload }: Pick<Envelope, 'type' | 'payload'>): Uint8Array {
  if (type === MessageType.Refusal) return RefusalPayload.decode(payload).requestHash
  if (type === MessageType.MaskWord) return MaskWordPayload.decode(payload).requestHash
  return (type === MessageType.ShareRelease ? ShareReleasePayload : MaskReleasePayload).decode(payload).requestHash
}
