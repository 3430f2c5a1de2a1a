// The power that a synthetic household draws in each minute of a day.
import { civilFromDays, daysFromCivil, weekdayOf } from '@hushgrid/primitives'
import type { Household } from './household.ts'
import { BIN_MINUTES, DAY_STARTS, type Plan } from './plan.ts'
import { DAY_MINUTES, type Weather } from './weather.ts'

/** Lamps lit by people who share them, by people at home (Richardson et al. 2009, "effective occupancy"). */
const SHARED_LIGHT = [0, 1, 1.53, 1.69, 1.98, 2.09]
/** Outdoor temperature below which homes are heated, and the one heated to, °C. */
const HEATED_BELOW = 15.5
const HEATED_TO = 19

/** Minutes that the clock on the wall is ahead of UTC: 60 from the last Sunday of March to that of October, by whole days. */
export function wallClockAhead(day: number): number {
  const { year } = civilFromDays(day)
  const lastSunday = (month: number): number => {
    const last = daysFromCivil(year, month, 31)
    return last - ((weekdayOf(last) + 1) % 7)
  }
  return day >= lastSunday(3) && day < lastSunday(10) ? 60 : 0
}

/** The plan of the day before and of the day itself: people's days run past midnight. */
export interface TwoPlans {
  readonly before: Plan
  readonly today: Plan
}

/** Power that a household uses, W, in each minute of a UTC day, panels not counted. */
export function usedPower(household: Household, day: number, { before, today }: TwoPlans, weather: Weather): Float64Array {
  const watts = new Float64Array(DAY_MINUTES).fill(household.baseWatts)
  addCold(watts, household, day)
  for (const [plan, planDay] of [
    [before, day - 1],
    [today, day]
  ] as const) {
    const shift = (planDay - day) * DAY_MINUTES - wallClockAhead(planDay)
    for (const run of plan.runs) {
      const end = Math.min(DAY_MINUTES, run.start + shift + run.minutes)
      for (let minute = Math.max(0, run.start + shift); minute < end; minute++) watts[minute] = (watts[minute] as number) + run.watts
    }
    addWhilePresent(watts, household, plan, shift, weather)
  }
  addNightHeating(watts, household, weather)
  return watts
}

function addCold(watts: Float64Array, household: Household, day: number): void {
  for (const unit of household.cold) {
    const step = 1 / unit.periodMinutes
    let phase = (day * DAY_MINUTES * step + unit.phase) % 1
    for (let minute = 0; minute < DAY_MINUTES; minute++) {
      if (phase < unit.duty) watts[minute] = (watts[minute] as number) + unit.watts
      phase += step
      if (phase >= 1) phase -= 1
    }
  }
}

/** Lamps by daylight, and direct heating, in the bins of a plan that lie in this day. */
function addWhilePresent(watts: Float64Array, household: Household, plan: Plan, shift: number, weather: Weather): void {
  for (const [bin, people] of plan.active.entries()) {
    const from = DAY_STARTS + bin * BIN_MINUTES + shift
    if (people === 0 || from + BIN_MINUTES <= 0 || from >= DAY_MINUTES) continue
    const middle = Math.min(DAY_MINUTES - 1, Math.max(0, from + BIN_MINUTES / 2))
    const dark = weather.irradiance(middle) < household.lampsBelow
    let load = household.lightingWatts * (dark ? (SHARED_LIGHT[Math.min(people, 5)] as number) : 0.12)
    const outdoors = weather.temperature(middle)
    if (outdoors < HEATED_BELOW)
      load += household.directHeating * (HEATED_TO - outdoors) + household.boilerWatts * Math.min(1, (HEATED_TO - outdoors) / 16)
    const end = Math.min(DAY_MINUTES, from + BIN_MINUTES)
    for (let minute = Math.max(0, from); minute < end; minute++) watts[minute] = (watts[minute] as number) + load
  }
}

/**
 * Storage heaters charge from midnight UTC (Economy 7 clocks keep GMT) until each is full: the colder the day, the later,
 * seven hours at most. The heaters of a home differ in what they need.
 */
function addNightHeating(watts: Float64Array, household: Household, weather: Weather): void {
  const from = Math.round(household.nightSwitch)
  const charge = (power: number, hours: number): void => {
    const end = Math.min(from + 60 * Math.min(7, hours), DAY_MINUTES)
    for (let minute = from; minute < end; minute++) watts[minute] = (watts[minute] as number) + power
  }
  const need = Math.max(0, (HEATED_BELOW - weather.meanTemperature) / 11)
  for (const [i, power] of household.storageHeaters.entries()) charge(power, 7 * need * (0.65 + 0.25 * (i % 3)))
  if (household.nightWaterWatts > 0) charge(household.nightWaterWatts, 0.8 + 0.35 * household.people.length)
}
