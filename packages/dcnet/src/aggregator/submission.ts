import { Drop, type Envelope, verifyEnvelope } from '@hushgrid/messages'
import { equalBytes, type Millis, slotTimes } from '@hushgrid/primitives'
import { proceed } from './recovery/edge-release.ts'
import { count, keyOf, openSlot, readSubmission, strikeOut } from './slot.ts'
import type { AggregatorOutput, AggregatorState } from './state.ts'

/** A Submission: of a present member, for a slot that is open to it, properly signed (PROTOCOL.md section 6). */
export function receiveSubmission(
  state: AggregatorState,
  envelope: Envelope,
  bytes: Uint8Array,
  now: Millis,
  out: AggregatorOutput[]
): void {
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
  // A slot that was never opened here, as while we were down, stays so.
  if (now >= times.over) throw new Drop('slot-over')
  const open = openSlot(state, slot, held)
  const before = open.submissions[index]
  if (before === null) throw new Drop('conflicting')
  if (before && equalBytes(before.hash, envelope.hash)) throw new Drop('duplicate')
  // Until the first request or result (section 6); from then on its masks may have been released.
  if (open.request || open.shares) throw new Drop('slot-over')
  if (!verifyEnvelope(envelope, keyOf(state, envelope.sender), roster.hash)) throw new Drop('bad-signature')
  const submission = readSubmission(envelope, bytes, held)
  out.push({ type: 'journal', record: { kind: 'received', slot, epoch: roster.epoch, bytes } })
  if (before) {
    out.push({ type: 'evidence', against: envelope.sender, what: `two submissions for slot ${slot}`, envelopes: [before.bytes, bytes] })
    strikeOut(open, index)
    throw new Drop('conflicting')
  }
  count(open, index, submission)
  proceed(state, slot, open, now, out)
}
