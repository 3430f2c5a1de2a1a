import { HushgridError } from '@hushgrid/primitives'

/** Reason that bytes from the network are not a message; receivers count by the word. */
export type MalformedReason = 'oversized' | 'malformed' | 'not-canonical' | 'unknown-type' | 'bad-field'

/** Bytes that are not a message of ours. The bytes themselves are never repeated. */
export class MalformedMessageError extends HushgridError {
  override name = 'MalformedMessageError'
  readonly reason: MalformedReason

  constructor(reason: MalformedReason, detail: string) {
    super(detail)
    this.reason = reason
  }
}
