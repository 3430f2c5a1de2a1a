// A day of a synthetic household: who is at home, and what runs when.
import { SeededRng, weekdayOf } from '@hushgrid/primitives'
import type { Household } from './household.ts'

/** People's day runs from four in the morning to four in the next, local time, in bins of ten minutes. */
export const DAY_STARTS = 240
export const BIN_MINUTES = 10
export const BINS = 1440 / BIN_MINUTES

/** Something running: from a local minute of the day on (beyond 1440 in the night after), W. */
interface Run {
  readonly start: number
  readonly minutes: number
  readonly watts: number
}

/** One day of a household as its people live it. */
export interface Plan {
  /** People at home and awake, per bin from 04:00. */
  readonly active: Uint8Array
  readonly runs: readonly Run[]
}

function binOf(minute: number): number {
  return Math.min(BINS, Math.max(0, Math.round((minute - DAY_STARTS) / BIN_MINUTES)))
}

/** Adds one person for the bins from one local minute to another. */
function present(active: Uint8Array, from: number, until: number, by: number): void {
  for (let bin = binOf(from); bin < binOf(until); bin++) active[bin] = Math.max(0, (active[bin] as number) + by)
}

/** Tells whether the household is away for the whole week of the day: second homes mostly are, others one week in 25. */
function isAway(seed: string, index: number, household: Household, day: number): boolean {
  const week = Math.floor((day + index) / 7)
  return new SeededRng(`${seed} household ${index} week ${week}`).uniform() < (household.secondHome ? 0.75 : 0.04)
}

/** Draws the times at which each person is at home and awake: wake, leave, return, sleep. */
function occupancy(household: Household, weekend: boolean, rng: SeededRng): Uint8Array {
  const active = new Uint8Array(BINS)
  for (const person of household.people) {
    const toWork = person.works && !weekend && rng.uniform() < 0.9
    const wakes = (toWork ? person.wakes : Math.max(person.wakes, 425) + 55) + (toWork ? 20 : 45) * rng.normal()
    const sleeps = person.sleeps + (weekend ? 25 : 0) + 35 * rng.normal()
    present(active, wakes, sleeps, 1)
    if (toWork) {
      const leaves = Math.max(wakes + 25, 495 + 35 * rng.normal())
      present(active, leaves, Math.min(sleeps, 1075 + 75 * rng.normal()), -1)
    } else if (rng.uniform() < (weekend ? 0.5 : 0.55)) {
      const leaves = 600 + 330 * rng.uniform()
      present(active, Math.max(wakes, leaves), Math.min(sleeps, leaves + 60 + 150 * rng.uniform()), -1)
    }
    if (rng.uniform() < (weekend ? 0.16 : 0.09)) present(active, Math.min(sleeps, 1140), Math.min(sleeps, 1350 + 40 * rng.normal()), -1)
  }
  return active
}

/** Number of uses in a day (Poisson, by inversion). */
function poisson(mean: number, rng: SeededRng): number {
  let count = 0
  for (let left = rng.uniform(), p = Math.exp(-mean); left > p && count < 40; p *= mean / ++count) left -= p
  return count
}

/** Part of the activity that goes on while nobody is up and about: a timer, a machine that was left running. */
const UNATTENDED = 0.04

/** Draws a day: who is at home, and what runs when. The same for any order of asking. */
export function planDay(seed: string, index: number, household: Household, day: number): Plan {
  const rng = new SeededRng(`${seed} household ${index} day ${day}`)
  if (isAway(seed, index, household, day)) return { active: new Uint8Array(BINS), runs: [] }
  const active = occupancy(household, weekdayOf(day) >= 5, rng)
  const runs: Run[] = []
  const cumulative = new Float64Array(BINS)
  let weighted: readonly number[] | undefined
  let total = 0
  for (const appliance of household.appliances) {
    // Consecutive appliances often share their hours, and then the weights too.
    if (weighted !== appliance.hours) {
      weighted = appliance.hours
      total = 0
      for (let bin = 0; bin < BINS; bin++) {
        const hour = Math.floor((DAY_STARTS + bin * BIN_MINUTES) / 60) % 24
        total += (weighted[hour] as number) * ((active[bin] as number) > 0 ? 1 : UNATTENDED)
        cumulative[bin] = total
      }
    }
    const mean = (appliance.fixed + appliance.perPerson * household.people.length) * (appliance.steady ? 1 : household.usage)
    for (let uses = poisson(mean, rng); uses > 0; uses--) {
      const at = rng.uniform() * total
      let bin = 0
      while (bin < BINS - 1 && (cumulative[bin] as number) < at) bin++
      let start = DAY_STARTS + bin * BIN_MINUTES + rng.below(BIN_MINUTES)
      const stretch = Math.max(0.2, 1 + appliance.varies * rng.normal())
      for (const [minutes, watts] of appliance.phases) {
        const length = Math.max(1, Math.round(minutes * stretch))
        runs.push({ start, minutes: length, watts })
        start += length
      }
    }
  }
  if (household.electricVehicle && rng.uniform() < 0.6)
    runs.push({ start: Math.round(1100 + 60 * rng.normal()), minutes: 45 + rng.below(180), watts: 7000 })
  return { active, runs }
}
