// Submissions as they come in: checked, counted and added.
import { Drop, type Envelope, SubmissionPayload, verifyEnvelope } from '@hushgrid/messages'
import { equalBytes, lanesFromExactBytes, slotTimes } from '@hushgrid/primitives'
import { checkPublished } from '../masks/share-recovery.ts'
import { fitting } from '../protocol/fitting.ts'
import type { HeldRoster } from '../roster/book.ts'
import type { AggregatorContext, Counted } from './core.ts'
import { openSlot } from './opening.ts'
import { count, keyOf, strikeOut } from './slot.ts'
import type { AggregatorState } from './state.ts'

/** Takes in a Submission of a present member, for a slot that still takes submissions (PROTOCOL.md section 6). */
export function receiveSubmission(context: AggregatorContext<AggregatorState>, envelope: Envelope, bytes: Uint8Array): void {
  const { state, now, out } = context
  const { slot } = envelope
  const held = state.book.ofEpoch(envelope.epoch)
  if (!held) throw new Drop('unknown-epoch')
  const { roster } = held
  const index = roster.indexOf(envelope.sender)
  if (index === undefined) throw new Drop('unknown-sender')
  if (roster.isAbsent(index)) throw new Drop('absent-sender')
  if (state.book.ofSlot(slot) !== held) throw new Drop('wrong-epoch')
  if (slot <= state.closedThrough || state.closed.has(slot)) throw new Drop('slot-over')
  const times = slotTimes(slot, roster.slotSeconds)
  // Clocks agree within a unit, so the sender's slot may have ended before ours.
  if (now < times.end - times.unit) throw new Drop('too-early')
  // A slot that was not opened here in its time, as while we were down, is not opened later.
  if (now >= times.over) throw new Drop('slot-over')
  const open = openSlot(state, slot, held)
  const before = open.submissions[index]
  if (before === null) throw new Drop('conflicting')
  if (before && equalBytes(before.hash, envelope.hash)) throw new Drop('duplicate')
  // Refused from the first request or result on (section 6), since its masks may have been released.
  if (open.recovery.hasAsked) throw new Drop('slot-over')
  if (!verifyEnvelope(envelope, keyOf(state, envelope.sender), roster.hash)) throw new Drop('bad-signature')
  const submission = readSubmission(envelope, bytes, held)
  out.push({ type: 'journal', record: { kind: 'received', slot, epoch: roster.epoch, bytes } })
  if (before) {
    out.push({ type: 'evidence', against: envelope.sender, what: { kind: 'two-submissions', slot }, envelopes: [before.bytes, bytes] })
    strikeOut(open, index)
    throw new Drop('conflicting')
  }
  count(open, index, submission)
  open.recovery.proceed({ ...context, slot, open })
}

/** Reads what a submission adds. @throws Drop unless it has the shape that its roster asks for */
export function readSubmission(envelope: Envelope, bytes: Uint8Array, { roster }: HeldRoster): Counted {
  const { lanes, ...published } = SubmissionPayload.decode(envelope.payload)
  return fitting(() => {
    checkPublished(roster, published)
    const counted = { hash: envelope.hash, bytes, lanes: lanesFromExactBytes(lanes, roster.lanes.length) }
    return roster.hasPrivateMasks ? { ...counted, published } : counted
  })
}
