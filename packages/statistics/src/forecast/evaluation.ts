// Errors of a model's forecasts, and the bands that follow from them.
import { quantileSorted } from 'simple-statistics'
import type { LoadHistory } from './load.ts'
import type { ForecastModel } from './model.ts'

/** A model's forecast of a slot, and the slot's total. */
export interface Outcome {
  readonly day: number
  readonly bin: number
  /** Forecast, Wh. */
  readonly forecast: number
  readonly actual: number
  /** Contributors that the forecast was made for: those of the last total before it. */
  readonly contributors: number
}

/** Errors of forecasts, over the slots that have a total. */
export interface ForecastErrors {
  readonly slots: number
  /** Mean of the absolute errors, Wh of a slot. */
  readonly mae: number
  /** Root of the mean squared error, Wh of a slot. */
  readonly rmse: number
  /**
   * Mean of |error| / |actual| over the slots whose total is not zero, as a number (0.1 is 10 %); undefined where all
   * are zero. Totals of zero are left out, since a quotient by them says nothing, and counted in `zeros`.
   */
  readonly mape: number | undefined
  readonly zeros: number
}

/** One day's forecast of the neighbourhood: Wh by clock slot, of so many contributors. */
export interface DayForecast {
  readonly contributors: number
  readonly energies: Float64Array
  /** Least value of the forecast: 0 where no known total was negative. */
  readonly floor: number
}

/**
 * Forecasts one day from the load known before it. Where the history never was negative, neither is the forecast.
 *
 * @returns undefined where nothing at all was known
 */
export function forecastDay(history: LoadHistory, model: ForecastModel, day: number): DayForecast | undefined {
  const known = history.before(day)
  const contributors = history.contributorsBefore(known.origin)
  const lowest = known.lowest()
  if (contributors === undefined || lowest === undefined) return undefined
  const floor = lowest < 0 ? Number.NEGATIVE_INFINITY : 0
  return { contributors, energies: model.predict(known).map(value => contributors * Math.max(floor, value)), floor }
}

/**
 * Evaluates by rolling origin (Tashman, "Out-of-sample tests of forecasting accuracy", International Journal of
 * Forecasting 16, 2000): each day is forecast from the load known before it and no more, with the model learned anew.
 */
export function rollingForecasts(history: LoadHistory, model: ForecastModel, days: readonly number[]): Outcome[] {
  return days.flatMap(day => {
    const made = forecastDay(history, model, day)
    if (!made) return []
    return history.target(day).flatMap(({ bin, actual }) => {
      if (actual === undefined) return []
      return [{ day, bin, forecast: made.energies[bin] as number, actual, contributors: made.contributors }]
    })
  })
}

/** Computes the errors of forecasts; undefined without a single one. */
export function errorsOf(outcomes: readonly Outcome[]): ForecastErrors | undefined {
  const slots = outcomes.length
  if (slots === 0) return undefined
  let absolute = 0
  let squared = 0
  let relative = 0
  let zeros = 0
  for (const { forecast, actual } of outcomes) {
    const error = Math.abs(forecast - actual)
    absolute += error
    squared += error ** 2
    if (actual === 0) zeros++
    else relative += error / Math.abs(actual)
  }
  const mape = zeros === slots ? undefined : relative / (slots - zeros)
  return { slots, mae: absolute / slots, rmse: Math.sqrt(squared / slots), mape, zeros }
}

/** Seconds before and after a slot of the day from which the errors of its band are gathered. */
const BAND_SECONDS = 2 * 3600

/**
 * A band round forecasts from the errors of earlier ones: for each clock slot the quantiles of the errors, in Wh a
 * contributor, of all slots within two hours of it by the clock. It covers changes of membership within a day as far as
 * they occurred in those forecasts.
 */
export class ErrorBand {
  readonly #lower: Float64Array
  readonly #upper: Float64Array

  /**
   * @param coverage - part of the slots that shall lie in the band, between 0 and 1
   * @param bins - clock slots of a day
   */
  constructor(outcomes: readonly Outcome[], coverage: number, bins: number, slotSeconds: number) {
    const errors: number[][] = Array.from({ length: bins }, () => [])
    for (const { bin, forecast, actual, contributors } of outcomes) errors[bin]?.push((actual - forecast) / contributors)
    const reach = Math.min(Math.floor(BAND_SECONDS / slotSeconds), Math.floor((bins - 1) / 2))
    const sorted = errors.map((_, bin) => {
      const near: number[] = []
      for (let away = -reach; away <= reach; away++) near.push(...(errors[(bin + away + bins) % bins] as number[]))
      // Takes the errors of the whole day where all slots round this one were lost.
      return (near.length === 0 ? errors.flat() : near).sort((a, b) => a - b)
    })
    this.#lower = Float64Array.from(sorted, values => quantileSorted(values, (1 - coverage) / 2))
    this.#upper = Float64Array.from(sorted, values => quantileSorted(values, (1 + coverage) / 2))
  }

  /** Gives the band round a forecast of so many contributors, Wh. */
  round(forecast: number, bin: number, contributors: number): { lower: number; upper: number } {
    return {
      lower: forecast + contributors * (this.#lower[bin] as number),
      upper: forecast + contributors * (this.#upper[bin] as number)
    }
  }
}
