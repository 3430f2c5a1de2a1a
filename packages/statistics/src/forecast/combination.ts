import { meanOfLastDays, TYPICAL_DAYS } from './baselines.ts'
import type { KnownLoad } from './load.ts'
import type { ForecastModel } from './model.ts'
import { regression } from './regression.ts'
import { smoothing } from './smoothing.ts'

const MEMBERS: readonly ForecastModel[] = [smoothing, regression, meanOfLastDays(TYPICAL_DAYS)]

/**
 * The plain mean of the learning models and the steadiest rule of thumb (Bates and Granger, "The combination of
 * forecasts", Operational Research Quarterly 20, 1969): the learning ones follow a change of level, and the mean of many
 * days does not mistake one odd day for it. Weights are equal, since a few weeks do not tell better ones.
 */
export const combination: ForecastModel = {
  name: 'mean of smoothing, regression and the last days of the same type',
  baseline: false,
  predict(known: KnownLoad) {
    const said = MEMBERS.map(member => member.predict(known))
    return Float64Array.from({ length: known.bins }, (_, bin) => said.reduce((sum, day) => sum + (day[bin] as number), 0) / said.length)
  }
}
