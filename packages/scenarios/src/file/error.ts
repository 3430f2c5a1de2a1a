import { FilePlaceError } from '@hushgrid/primitives'

/** A scenario or trace that cannot be used; names the first place where it is wrong. */
export class ScenarioFileError extends FilePlaceError {
  override name = 'ScenarioFileError'
}
