// Disputes as the registrar hears them. One that names a request that does not name its sender refutes itself: every meter
// disputes only requests that name it (PROTOCOL.md section 7, recovery 1, step 3), so its own signature proves the fault.
import { DisputePayload, Drop, verifyEnvelope } from '@hushgrid/messages'
import { equalBytes, type MeterId } from '@hushgrid/primitives'
import { MOST_HEARD } from './heard.ts'
import { provenFault } from './membership/bars.ts'
import { keyOf, type WitnessContext } from './state.ts'
import type { Heard, WitnessedSlot } from './witnessed-slot.ts'

/**
 * Keeps a member's dispute of a slot.
 *
 * @returns whether it is known, the member's first of the slot, or a further one in other bytes
 * @throws Drop (bad-signature, conflicting), MalformedMessageError
 */
export function keepDispute(context: WitnessContext, heard: Heard): 'known' | 'first' | 'further' {
  const { state, witnessed } = context
  const { envelope } = heard
  const { sender, hash, payload } = envelope
  const before = witnessed.disputes.get(sender) ?? []
  if (before.some(each => equalBytes(each.envelope.hash, hash))) return 'known'
  if (!verifyEnvelope(envelope, keyOf(state, sender), witnessed.held.roster.hash)) throw new Drop('bad-signature')
  DisputePayload.decode(payload)
  if (before.length >= MOST_HEARD) throw new Drop('conflicting')
  witnessed.disputes.set(sender, [...before, heard])
  judgeSelfRefuting(context)
  return before.length === 0 ? 'first' : 'further'
}

/**
 * Finds who is at fault by a dispute and a request of a slot, as soon as both are there: its line and its submission do not
 * matter. Meters have no such rule and heed every dispute, whatever its requestHash.
 */
export function judgeSelfRefuting(context: WitnessContext): void {
  for (const id of context.witnessed.disputes.keys()) {
    const proofs = refutation(context.witnessed, id)
    if (proofs) provenFault(context, id, 'false-dispute', proofs)
  }
}

/** Gives the two envelopes that prove a member's dispute false: a request that does not name it, and its dispute of that. */
export function refutation({ held, requests, disputes }: WitnessedSlot, id: MeterId): readonly Uint8Array[] | undefined {
  const index = held.roster.indexOf(id) as number
  for (const { envelope, bytes } of disputes.get(id) ?? []) {
    const { requestHash } = DisputePayload.decode(envelope.payload)
    const request = requests.find(each => !each.members.has(index) && equalBytes(each.payloadHash, requestHash))
    if (request) return [request.bytes, bytes]
  }
  return undefined
}
