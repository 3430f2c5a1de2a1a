import { decodeEnvelope, MessageType, RefusalPayload } from '@hushgrid/messages'
import { HushgridError } from '@hushgrid/primitives'

/** The registrar answered, and did not serve the request; it may do so later, or to a node whose clock is right. */
export class NotServedError extends HushgridError {
  override name = 'NotServedError'
}

/** The error for an answer that is not the one asked for; with the registrar's reason where the answer is a refusal. */
export function notServed(answer: Uint8Array): NotServedError {
  let reason = 'its answer is not of the kind that was asked for'
  try {
    const envelope = decodeEnvelope(answer)
    if (envelope.type === MessageType.Refusal) reason = RefusalPayload.decode(envelope.payload).reason
  } catch (cause) {
    if (!(cause instanceof HushgridError)) throw cause
  }
  return new NotServedError(`the registrar did not serve the request (${reason})`)
}
