/** What both modes of recovery do with a request. */
import { sha256 } from '@hushgrid/primitives'
import { owingRelease } from '../masks/owing.ts'
import type { Roster } from '../roster/roster.ts'
import type { AggregatorOutput, OpenSlot, SlotRequest } from './state.ts'

/** A request with nothing answered yet. */
export function slotRequest(
  roster: Roster,
  { payload, ...request }: Pick<SlotRequest, 'bytes' | 'members' | 'round' | 'sentAt' | 'until'> & { readonly payload: Uint8Array }
): SlotRequest {
  return {
    ...request,
    hash: sha256(request.bytes),
    payloadHash: sha256(payload),
    owing: owingRelease(roster, request.members),
    releases: new Map(),
    refusals: new Map(),
    resent: false
  }
}

/** Sends the request in force again, by stream, to whoever still owes an answer. */
export function resendOpen({ request, shares, held }: OpenSlot, out: AggregatorOutput[]): void {
  const current = shares ?? request
  if (!current) return
  current.resent = true
  for (const index of 'survivors' in current ? current.survivors : current.owing) {
    if (!current.releases.has(index) && !current.refusals.has(index))
      out.push({ type: 'send', to: held.roster.meterId(index), bytes: current.bytes })
  }
}
