// The model that follows level and profiles by exponential smoothing.
import { mean } from 'simple-statistics'
import type { DayType } from '../calendar.ts'
import { bridged, type KnownLoad } from './load.ts'
import type { ForecastModel } from './model.ts'

/** Rates at which level and profiles follow, per day: the grid that each forecast chooses from. */
const LEVEL_RATES = [0, 0.1, 0.2, 0.3, 0.5, 0.7]
const PROFILE_RATES = [0.1, 0.2, 0.3, 0.5]
/** Days in the mean of the first level and profiles. */
const WARM_UP = 7

interface State {
  level: number
  readonly profiles: Record<DayType, Float64Array>
}

/**
 * Additive exponential smoothing with a level and one daily profile for each type of day, after Gould, Koehler, Ord,
 * Snyder, Vahid-Araghi and Hyndman, "Forecasting time series with multiple seasonal patterns", European Journal of
 * Operational Research 191 (2008): days of the same type share a sub-cycle, which stands for the weekly season. Unlike
 * there, the state is corrected once a day and not once a slot, since the forecast is made for a whole day. The two
 * rates are those with the least squared error of one day ahead over the known days.
 */
export const smoothing: ForecastModel = {
  name: 'exponential smoothing of level and daily profiles',
  baseline: false,
  predict: known => known.once(smoothing, () => predict(known))
}

function predict(known: KnownLoad): Float64Array {
  let first = known.firstDay
  while (first < known.day - 1 && known.dayOf(first).every(Number.isNaN)) first++
  const days = Array.from({ length: known.day - first }, (_, i) => ({ type: known.typeOf(first + i), values: known.dayOf(first + i) }))
  let best: { error: number; state: State } | undefined
  for (const levelRate of LEVEL_RATES) {
    for (const profileRate of PROFILE_RATES) {
      const run = smooth(days, levelRate, profileRate)
      if (!best || run.error < best.error) best = run
    }
  }
  const { level, profiles } = (best as { state: State }).state
  return profiles[known.typeOf(known.day)].map(value => level + value)
}

interface SmoothedDay {
  readonly type: DayType
  readonly values: Float64Array
}

function smooth(days: readonly SmoothedDay[], levelRate: number, profileRate: number): { error: number; state: State } {
  const state = firstState(days.slice(0, WARM_UP))
  let error = 0
  for (const { type, values } of days.slice(WARM_UP)) {
    const profile = state.profiles[type]
    let off = 0
    for (const [bin, value] of values.entries()) {
      if (Number.isNaN(value)) continue
      const expected = profile[bin] as number
      const slotOff = value - state.level - expected
      error += slotOff ** 2
      off += slotOff
      profile[bin] = expected + profileRate * slotOff
    }
    // Sums over all slots of the day, so that a partly known day moves the level by its known part.
    state.level += (levelRate * off) / values.length
  }
  return { error, state }
}

/** Gives the mean level and the typical days of the first week, which has a known total. */
function firstState(days: readonly SmoothedDay[]): State {
  const bins = (days[0] as SmoothedDay).values.length
  const meanOf = (of: readonly SmoothedDay[]) =>
    Float64Array.from({ length: bins }, (_, bin) => {
      const values = of.map(day => day.values[bin] as number).filter(value => !Number.isNaN(value))
      return values.length === 0 ? Number.NaN : mean(values)
    })
  const all = bridged(meanOf(days))
  const level = mean([...all])
  const profile = (type: DayType) =>
    meanOf(days.filter(day => day.type === type)).map((value, bin) => (Number.isNaN(value) ? (all[bin] as number) : value) - level)
  return { level, profiles: { working: profile('working'), weekend: profile('weekend') } }
}
