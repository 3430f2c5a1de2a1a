// The registrar's answer to a question about the time (PROTOCOL.md section 3).
import { type Envelope, MessageType, TimeReply, TimeRequest } from '@hushgrid/messages'
import type { Millis } from '@hushgrid/primitives'
import { type RegistrarState, seal } from './state.ts'

/** Tells the time to anybody who may speak to the registrar; keeps nothing. */
export function tellTime(state: RegistrarState, envelope: Envelope, now: Millis): Uint8Array {
  const { nonce } = TimeRequest.decode(envelope.payload)
  return seal(state, MessageType.TimeReply, TimeReply.encode({ nonce, unixMillis: now }), now)
}
