import { HushgridError } from '@hushgrid/primitives'

/** A setup of PES and supplier that a meter or concentrator does not go by, and the first thing that is wrong with it. */
export class PesSetupError extends HushgridError {
  override name = 'PesSetupError'
}
