// Answers about slots that have ended (PROTOCOL.md section 9): members get the transcript, suppliers the result alone.
import {
  countMemberSet,
  decodeEnvelope,
  MessageType,
  SlotTotalPayload,
  SlotTranscript,
  SyncReply,
  type SyncRequest,
  syncReplyWith
} from '@hushgrid/messages'
import type { Epoch, MeterId, Slot } from '@hushgrid/primitives'
import { requestIn } from '../transcript/requests.ts'
import type { AggregatorState } from './state.ts'

/** Gives the answer about a slot that has not ended or of which nothing is kept. */
export function noResult(slot: Slot): string {
  return `slot ${slot} has no result here`
}

/**
 * Answers a request for a slot's transcript with a SyncReply. A supplier gets no envelope but the result, since each of the
 * others is one household's.
 */
export function answerTranscript(state: AggregatorState, from: MeterId, slot: Slot): Uint8Array {
  const closed = state.closed.get(slot)
  if (!closed) return syncReplyWith(noResult(slot))
  const transcript = SlotTranscript.decode(closed.transcript)
  const { epoch } = decodeEnvelope(closed.result)
  if (mayReplay(state, from, epoch)) return SyncReply.encode({ refused: '', words: [], transcript })
  if (!state.config.readers?.has(from)) {
    return syncReplyWith('transcripts are for members of the roster and the registrar, results for them and a supplier')
  }
  const { result, rosterHash, lanes } = transcript
  const members = presentIn(transcript) ?? state.book.ofEpoch(epoch)?.roster.presentCount
  return SyncReply.encode({
    refused: '',
    words: [],
    transcript: { result, envelopes: [], lanes, ...(rosterHash && { rosterHash }) },
    ...(members !== undefined && { members }),
    networkId: state.config.networkId
  })
}

/** Answers a member's question for its neighbours' words on a MaskRequest with a SyncReply. */
export function answerWords(state: AggregatorState, from: MeterId, { slot, words }: SyncRequest): Uint8Array {
  const open = state.open.get(slot as Slot)
  const roster = open?.held.roster
  const index = roster?.indexOf(from)
  if (!open || !roster || index === undefined) return syncReplyWith(`slot ${slot} is not open here`)
  return SyncReply.encode({ refused: '', words: open.recovery.wordsOn(words, roster.neighbours(index)) })
}

/** Tells whether somebody is a member of a slot's roster, the registrar or the aggregator itself. */
function mayReplay(state: AggregatorState, who: MeterId, epoch: Epoch): boolean {
  const held = state.book.ofEpoch(epoch) ?? state.book.latest
  return who === state.config.registrarKey || who === state.config.identity.id || held?.roster.indexOf(who) !== undefined
}

/**
 * Counts the present members of a slot by its transcript, since its roster may be given up by now: those in the total, and
 * those whom a request names missing. Undefined for a slot that is lost.
 */
function presentIn({ result, envelopes }: SlotTranscript): number | undefined {
  const { type, payload } = decodeEnvelope(result)
  if (type !== MessageType.SlotTotal) return undefined
  const { contributors } = SlotTotalPayload.decode(payload)
  let missing = 0
  for (const bytes of envelopes) {
    const named = requestIn(decodeEnvelope(bytes))
    if (named) missing = Math.max(missing, membersIn(named.members))
  }
  return membersIn(contributors) + missing
}

/** Counts the members in a set, whatever the roster's size. */
export function membersIn(set: Uint8Array): number {
  return countMemberSet(set, 8 * set.byteLength)
}
