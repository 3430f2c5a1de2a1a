import type { Failure } from '@hushgrid/machine'
import { HushgridError } from '@hushgrid/primitives'

/** The registrar answered, and did not serve the request; it may do so later, or to a node whose clock is right. */
class NotServedError extends HushgridError {
  override name = 'NotServedError'
}

/**
 * Makes the error for a request of a conversation that was not served.
 *
 * @param Refused - class of the error where the peer says no for good
 */
export function failureError(failure: Failure, Refused: new (message: string) => HushgridError): HushgridError {
  switch (failure.kind) {
    case 'refused':
      return new Refused(failure.why)
    case 'not-served':
      return new NotServedError(`the registrar did not serve the request (${failure.reason})`)
    case 'stopped':
      return new HushgridError('the meter is stopping')
    case 'unanswered':
      return new HushgridError('expected an answer to the request, got none')
  }
}
