import { HushgridError } from '@hushgrid/primitives'

/** A list of meters that was not accepted. */
export class MeterListError extends HushgridError {
  override name = 'MeterListError'
}

/** A setup of PES and supplier that was not accepted; the message names its first fault. */
export class PesSetupError extends HushgridError {
  override name = 'PesSetupError'
}
