import { FilePlaceError } from '@hushgrid/primitives'

/** Scenario or trace that cannot be used; names the first place that is wrong. */
export class ScenarioFileError extends FilePlaceError {
  override name = 'ScenarioFileError'
}
