import { HushgridError, type MeterId } from '@hushgrid/primitives'

/** A body that is not what its round expects; the driver counts its sender as missing. */
export class MalformedBodyError extends HushgridError {
  override name = 'MalformedBodyError'
  readonly sender: MeterId

  /** @param what - expected and got, never a value */
  constructor(sender: MeterId, what: string) {
    super(`body of ${sender}: ${what}`)
    this.sender = sender
  }
}
