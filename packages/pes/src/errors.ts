import { HushgridError } from '@hushgrid/primitives'

/** A setup of PES and supplier that was not accepted; the message names its first fault. */
export class PesSetupError extends HushgridError {
  override name = 'PesSetupError'
}
