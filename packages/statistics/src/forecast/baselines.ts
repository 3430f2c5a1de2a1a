import type { ForecastModel } from './model.ts'

/** Days of the same type in a typical day's mean, where a model does not say otherwise. */
export const TYPICAL_DAYS = 10

/** Forecasts the same slot of a week ago; where that was lost, the typical day. */
export const sameSlotLastWeek: ForecastModel = {
  name: 'same slot last week',
  baseline: true,
  predict(known) {
    const typical = known.typicalDay(known.day, TYPICAL_DAYS)
    return known.dayOf(known.day - 7).map((value, bin) => (Number.isNaN(value) ? (typical[bin] as number) : value))
  }
}

/** Forecasts the mean of the last days of the same type, slot by slot. */
export function meanOfLastDays(count: number): ForecastModel {
  return {
    name: `mean of the last ${count} days of the same type`,
    baseline: true,
    predict: known => known.typicalDay(known.day, count)
  }
}
