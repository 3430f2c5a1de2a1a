// A member that a request of edge release calls missing (PROTOCOL.md section 7, recovery 1, step 3). It acts on the request
// whenever that comes, since a rule that depended on its clock could be switched off by whoever moves the clock.
import { DisputePayload, MessageType, sealEnvelope } from '@hushgrid/messages'
import { millis, slotTimes } from '@hushgrid/primitives'
import { isFresh } from '../../protocol/protocol-clock.ts'
import { deliver } from '../deliveries.ts'
import { holdBack, mayHaveSent } from '../held-back.ts'
import type { RecoveryContext } from './releasing.ts'

/** Units after the first request that names us for which a dispute is repeated at least. */
const REPEATED_UNITS = 4

/**
 * Acts on the request that named us first: disputes it, or sees to it that nothing is sent for the slot any more. Where the
 * deadline has not passed by our clock, or there is no clock, either that or the aggregator is wrong; the registrar's time
 * tells which.
 */
export function beNamed(context: RecoveryContext): void {
  const { state, now, epoch, slot, recovery, out } = context
  const { named } = recovery
  if (!named || recovery.absent) return
  if (mayHaveSent(state, slot, epoch.held.roster.epoch)) {
    if (state.rules.dispute) dispute(context, named.request.payloadHash)
    return
  }
  if (!state.rules.absentIsFinal) return
  const { unit, deadline } = slotTimes(slot, state.config.slotSeconds)
  const { roster } = epoch.held
  if ((state.clock.known && now >= deadline) || !state.rules.deadlineByTime) {
    recovery.absent = true
    state.finishedThrough = Math.max(state.finishedThrough, slot)
    state.readings.delete(slot)
    out.push({ type: 'journal', record: { kind: 'absent', slot, bytes: new Uint8Array(0) } })
  } else if (!isFresh(state.clock, unit, now)) holdBack(context, roster.epoch, slot)
  else if (!named.early) {
    // It is disputed once the submission is out.
    named.early = true
    const what = { kind: 'early-request', slot } as const
    out.push({ type: 'evidence', against: roster.aggregatorKey, what, envelopes: [named.request.bytes] })
  }
}

/** Disputes: one dispute a slot, to all neighbours and to control, repeated until it is acknowledged. */
function dispute(context: RecoveryContext, requestHash: Uint8Array): void {
  const { state, now, epoch, slot, recovery, out } = context
  const { roster } = epoch.held
  recovery.disputed = true
  if (!recovery.ownDispute) {
    const payload = DisputePayload.encode({ requestHash, journalLost: slot <= state.unknownThrough })
    recovery.ownDispute = sealEnvelope(state.config.identity, MessageType.Dispute, roster.hash, roster.epoch, slot, payload)
    recovery.disputers.add(state.config.identity.id)
    out.push({ type: 'journal', record: { kind: 'dispute', slot, bytes: recovery.ownDispute } })
    out.push({ type: 'publish', topic: 'control', bytes: recovery.ownDispute })
    out.push({ type: 'disputed', slot })
  }
  const { over, unit } = slotTimes(slot, roster.slotSeconds)
  const until = millis(Math.ceil(Math.max(over, (recovery.named?.at ?? now) + REPEATED_UNITS * unit)))
  // One dispute speaks against every request of the slot: whoever has it heeds it, whatever its requestHash.
  for (const index of epoch.neighbours)
    if (!roster.isAbsent(index)) deliver(context, epoch, index, { slot, bytes: recovery.ownDispute, until })
}
