import { HushgridError } from '@hushgrid/primitives'

/** A setup of PES and supplier was not accepted; the message says what is wrong with it first. */
export class PesSetupError extends HushgridError {
  override name = 'PesSetupError'
}
