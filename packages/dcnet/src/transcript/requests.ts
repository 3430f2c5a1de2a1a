// Requests of the aggregator in a slot with missing members, in any mode: read from an envelope, and compared.
import { MaskRequestPayload, MessageType, RecoveryRequestPayload, ShareRequestPayload } from '@hushgrid/messages'

/** Round of a request for masks, 0 where a mode has but one; `shares` is the request after all rounds. */
export type Round = number | 'shares'

/** A request as it goes into an envelope. */
export interface RequestDraft {
  readonly type: MessageType
  readonly payload: Uint8Array
}

/** The requests that a mode has: for masks towards M, and for shares where private masks have to be opened. */
export interface Requests {
  readonly masks: (members: Uint8Array, round: number) => RequestDraft
  readonly shares?: (members: Uint8Array) => RequestDraft
}

/** Edge release asks once, for masks. */
export const EDGE_REQUESTS: Requests = {
  masks: members => ({ type: MessageType.RecoveryRequest, payload: RecoveryRequestPayload.encode({ members }) })
}

/** Double mask asks for masks in rounds, then for shares. */
export const DOUBLE_MASK_REQUESTS = {
  masks: (members, round) => ({ type: MessageType.MaskRequest, payload: MaskRequestPayload.encode({ round, members }) }),
  shares: members => ({ type: MessageType.ShareRequest, payload: ShareRequestPayload.encode({ members }) })
} satisfies Requests

/** Gives the round and M, as a member set, of an envelope that is a request; undefined of any other. */
export function requestIn({ type, payload }: RequestDraft): { readonly round: Round; readonly members: Uint8Array } | undefined {
  if (type === MessageType.RecoveryRequest) return { round: 0, members: RecoveryRequestPayload.decode(payload).members }
  if (type === MessageType.MaskRequest) return MaskRequestPayload.decode(payload)
  if (type === MessageType.ShareRequest) return { round: 'shares', members: ShareRequestPayload.decode(payload).members }
  return undefined
}

/** Tells whether two requests of different rounds are nested: the later one's M contains the earlier one's (PROTOCOL.md section 7). */
export function areNested(a: Asked, b: Asked): boolean {
  const [earlier, later] = a.round === 'shares' || (b.round !== 'shares' && b.round < a.round) ? [b, a] : [a, b]
  return contains(later.members, earlier.members)
}

/** The round and M of a request, which is all that nesting depends on. */
interface Asked {
  readonly round: Round
  readonly members: ReadonlySet<number>
}

export function contains(larger: ReadonlySet<number>, smaller: ReadonlySet<number>): boolean {
  for (const member of smaller) if (!larger.has(member)) return false
  return true
}
