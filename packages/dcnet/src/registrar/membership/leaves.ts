// Leaves that members have announced, and requests to join that were made before them (PROTOCOL.md section 8).
import { decodeEnvelope, LeaveRequest } from '@hushgrid/messages'
import type { MeterId, Slot } from '@hushgrid/primitives'
import type { RegistrarState } from '../state.ts'

/** Slots for which a leave is remembered after its own: an older request to join is not fresh any more then. */
const REMEMBERED_SLOTS = 2

/** Tells whether a request to join was made before the member's last leave, so that it undoes nothing. */
export function isBeforeLeave({ lastLeaves }: RegistrarState, id: MeterId, unixMillis: number): boolean {
  return unixMillis <= (lastLeaves.get(id)?.unixMillis ?? -1)
}

/**
 * Notes that a meter is to be in no further roster.
 *
 * @param bytes - its LeaveRequest envelope
 * @returns whether that is anything new
 */
export function wishToLeave(state: RegistrarState, id: MeterId, bytes: Uint8Array): boolean {
  const waited = state.waiting.delete(id)
  if (!waited && state.book.latest?.roster.indexOf(id) === undefined) return false
  const { slot, payload } = decodeEnvelope(bytes)
  const { unixMillis } = LeaveRequest.decode(payload)
  if (!isBeforeLeave(state, id, unixMillis)) state.lastLeaves.set(id, { unixMillis, slot })
  if (waited) return true
  if (state.leaving.has(id)) return false
  state.leaving.set(id, bytes)
  state.leaves = [...state.leaves, bytes]
  state.returning.delete(id)
  state.attendance.goes(id, slot)
  return true
}

/** Takes a leave back. @returns whether there was one */
export function stayAfterAll(state: RegistrarState, id: MeterId): boolean {
  const bytes = state.leaving.get(id)
  state.leaves = state.leaves.filter(each => each !== bytes)
  return state.leaving.delete(id)
}

/** Forgets leaves that no request can be older than any more. */
export function forgetLeaves({ lastLeaves }: RegistrarState, slot: Slot): void {
  for (const [id, last] of lastLeaves) if (slot > last.slot + REMEMBERED_SLOTS) lastLeaves.delete(id)
}
