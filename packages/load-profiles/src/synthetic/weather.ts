// The weather of a synthetic neighbourhood: temperature, daylight, sun on panels.
import { dayOfYear, SeededRng } from '@hushgrid/primitives'

/** Latitude of the neighbourhood, degrees: London. Longitude 0, so that the sun stands in the south at 12:00 UTC. */
const LATITUDE = 51.5
const RADIANS = Math.PI / 180
/** Minutes in a day. */
export const DAY_MINUTES = 1440
/** Cloud changes over this many minutes. */
const CLOUD_MINUTES = 15

/** One day's weather, the same for every household of a neighbourhood. Minutes count from 00:00 UTC. */
export interface Weather {
  /** Mean outdoor temperature of the day, °C. */
  readonly meanTemperature: number
  /** Outdoor temperature, °C. */
  temperature(minute: number): number
  /** Global irradiance on the horizontal under the day's cloud, W/m². */
  irradiance(minute: number): number
  /** Output of a south-facing panel at 35°, as a part of its peak power, losses included. */
  panel(minute: number): number
}

/** Sine of the sun's height and cosine of its angle to a panel facing south (Cooper 1969; Duffie and Beckman chapter 1). */
function sun(yearDay: number, minute: number, tilt: number): { height: number; onPanel: number } {
  const declination = 23.45 * RADIANS * Math.sin((2 * Math.PI * (284 + yearDay)) / 365)
  const hour = ((minute / DAY_MINUTES) * 24 - 12) * 15 * RADIANS
  const along = Math.cos(declination) * Math.cos(hour)
  const latitude = LATITUDE * RADIANS
  return {
    height: Math.sin(latitude) * Math.sin(declination) + Math.cos(latitude) * along,
    onPanel: Math.sin(latitude - tilt) * Math.sin(declination) + Math.cos(latitude - tilt) * along
  }
}

/** Clear-sky irradiance on the horizontal, W/m² (Haurwitz 1945). */
function clearSky(height: number): number {
  return height <= 0.01 ? 0 : 1098 * height * Math.exp(-0.059 / height)
}

/** Draws the weather of any day from a seed, in any order. */
export class WeatherSource {
  readonly #seed: string
  readonly #days = new Map<number, Weather>()

  constructor(seed: string) {
    this.#seed = seed
  }

  /** @param day - counted from 1970-01-01 */
  of(day: number): Weather {
    const held = this.#days.get(day)
    if (held) return held
    const weather = this.#make(day)
    if (this.#days.size >= 8) this.#days.delete(this.#days.keys().next().value as number)
    this.#days.set(day, weather)
    return weather
  }

  /** A mild or a cold spell lasts some days: each day averages the draws of the last five. */
  #anomaly(day: number): number {
    let sum = 0
    for (let back = 0; back < 5; back++) sum += new SeededRng(`${this.#seed} temperature ${day - back}`).normal()
    return (2 * sum) / Math.sqrt(5)
  }

  #make(day: number): Weather {
    const yearDay = dayOfYear(day)
    // About London's means of 1981 to 2010 (Met Office): 5 °C in late January, 18.5 °C in late July.
    const season = -Math.cos((2 * Math.PI * (yearDay - 28)) / 365.25)
    const meanTemperature = 11.6 + 6.8 * season + this.#anomaly(day)
    const swing = 2.8 + 1.4 * season
    const rng = new SeededRng(`${this.#seed} cloud ${day}`)
    const clearness = 0.2 + 0.75 * rng.uniform() ** (1.3 - 0.4 * season)
    const knots: number[] = []
    for (let i = 0; i <= DAY_MINUTES / CLOUD_MINUTES + 1; i++) knots.push(Math.min(1, Math.max(0.1, clearness + 0.18 * rng.normal())))
    const cloud = (minute: number): number => {
      const at = minute / CLOUD_MINUTES
      const i = Math.floor(at)
      return (knots[i] as number) + (at - i) * ((knots[i + 1] as number) - (knots[i] as number))
    }
    const tilt = 35 * RADIANS
    return {
      meanTemperature,
      temperature: minute => meanTemperature + swing * Math.cos((2 * Math.PI * (minute - 900)) / DAY_MINUTES),
      irradiance: minute => clearSky(sun(yearDay, minute, tilt).height) * cloud(minute),
      panel: minute => {
        const { height, onPanel } = sun(yearDay, minute, tilt)
        const clear = cloud(minute)
        const horizontal = clearSky(height) * clear
        // The clearer the sky, the more of the light comes straight from the sun.
        const beam = Math.max(0, (clear - 0.25) / 0.85)
        const plane = horizontal * ((1 - beam) * 0.91 + (beam * Math.max(0, onPanel)) / Math.max(height, 0.06))
        return Math.min(1, (0.83 * plane) / 1000)
      }
    }
  }
}
