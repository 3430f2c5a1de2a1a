// Synthetic neighbourhoods: readings of any household and slot, made when asked for.
import {
  checkSlotSeconds,
  DAY_SECONDS,
  DEFAULT_LANES,
  EXPORT_LANE,
  IMPORT_LANE,
  InvalidArgumentError,
  type ObisCode,
  SeededRng,
  type Slot,
  slot
} from '@hushgrid/primitives'
import type { HouseholdSeries } from '../series/household-series.ts'
import { usedPower } from './day.ts'
import { DEFAULT_SHARES, drawHousehold, type Household, type SyntheticShares } from './household.ts'
import { type Plan, planDay } from './plan.ts'
import { DAY_MINUTES, WeatherSource } from './weather.ts'

/** Days of a household that are kept: the one being read, and its neighbour around midnight. */
const KEPT_DAYS = 2

/** Parameters of a synthetic neighbourhood. */
export interface SyntheticOptions {
  /** Seed from which everything follows. */
  readonly seed: string
  readonly households: number
  /** Must divide a day: 900, 1800, 60, and for a lab 1 or 2. */
  readonly slotSeconds: number
  /** Import and export, in any order, unless given. */
  readonly lanes?: readonly ObisCode[]
  /** {@link DEFAULT_SHARES} where not given. */
  readonly shares?: Partial<SyntheticShares>
}

/** Made-up households that behave like real ones. */
export interface SyntheticNeighbourhood {
  readonly households: number
  readonly slotSeconds: number
  readonly lanes: readonly ObisCode[]
  /**
   * Wh of a slot, per lane, never negative and never missing. The same whatever was asked before, however many
   * households there are, and, summed, whatever the length of a slot.
   *
   * @param household - from 0
   */
  readingAt(household: number, at: Slot): number[]
  /** The neighbourhood's lanes that a home can fill: import everywhere, export where there are panels; it reads 0 in others. */
  lanesOf(household: number): readonly ObisCode[]
  /** A stretch of readings in the form that a recording has. */
  series(household: number, firstSlot: Slot, slots: number): HouseholdSeries
}

/** Energies of one household and day: Wh from 00:00 UTC up to each minute, 1441 values a lane. */
interface DayEnergies {
  readonly imported: Float64Array
  readonly exported: Float64Array | undefined
}

/** Register of a quantity, which reads 0 in a home that has none. */
interface Register {
  readonly isIn: (home: Household) => boolean
  readonly counts: (day: DayEnergies) => Float64Array | undefined
}

const REGISTERS: ReadonlyMap<ObisCode, Register> = new Map([
  [IMPORT_LANE, { isIn: () => true, counts: day => day.imported }],
  [EXPORT_LANE, { isIn: hasGenerator, counts: day => day.exported }]
])

function hasGenerator({ panelWatts }: Household): boolean {
  return panelWatts > 0
}

class SyntheticHousehold {
  readonly #seed: string
  readonly #index: number
  readonly #traits: Household
  readonly #weather: WeatherSource
  readonly #plans = new Map<number, Plan>()
  readonly #days = new Map<number, DayEnergies>()

  constructor(seed: string, index: number, shares: SyntheticShares, weather: WeatherSource) {
    this.#seed = seed
    this.#index = index
    this.#traits = drawHousehold(seed, index, shares)
    this.#weather = weather
  }

  has(register: Register): boolean {
    return register.isIn(this.#traits)
  }

  energies(day: number): DayEnergies {
    const held = this.#days.get(day)
    if (held) return held
    const made = this.#make(day)
    keep(this.#days, day, made)
    return made
  }

  #plan(day: number): Plan {
    const held = this.#plans.get(day)
    if (held) return held
    const made = planDay(this.#seed, this.#index, this.#traits, day)
    keep(this.#plans, day, made)
    return made
  }

  /**
   * Import and export are metered apart, minute by minute: what the panels give beyond the home's use is exported, what
   * they lack is imported, so a slot may have both. (Between phases nothing is netted: homes here have one.)
   */
  #make(day: number): DayEnergies {
    const weather = this.#weather.of(day)
    const used = usedPower(this.#traits, day, { before: this.#plan(day - 1), today: this.#plan(day) }, weather)
    const { panelWatts } = this.#traits
    // Starts the meter's counter somewhere between two Wh, so that rounding favours neither side.
    const rest = new SeededRng(`${this.#seed} household ${this.#index} rest ${day}`).uniform()
    const imported = new Float64Array(DAY_MINUTES + 1).fill(rest)
    const exported = hasGenerator(this.#traits) ? new Float64Array(DAY_MINUTES + 1).fill(rest) : undefined
    for (let minute = 0; minute < DAY_MINUTES; minute++) {
      const net = (used[minute] as number) - (exported ? panelWatts * weather.panel(minute) : 0)
      imported[minute + 1] = (imported[minute] as number) + Math.max(0, net) / 60
      if (exported) exported[minute + 1] = (exported[minute] as number) + Math.max(0, -net) / 60
    }
    return { imported, exported }
  }
}

function keep<Value>(map: Map<number, Value>, key: number, value: Value): void {
  if (map.size >= KEPT_DAYS) map.delete(map.keys().next().value as number)
  map.set(key, value)
}

/** Reads a counter of whole Wh at a second of the day. */
function counter(energies: Float64Array, second: number): number {
  const minute = Math.floor(second / 60)
  const from = energies[minute] as number
  const part = (second - 60 * minute) / 60
  return Math.floor(part === 0 ? from : from + part * ((energies[minute + 1] as number) - from))
}

/**
 * A neighbourhood after the pattern of Richardson et al. 2010 (doi:10.1016/j.enbuild.2010.05.023, "CREST"): people who
 * wake, leave, return and sleep decide when appliances are switched on; lamps follow daylight; heating follows the
 * temperature. Simplified in that occupancy is drawn by the times of the day instead of by a Markov chain. Fitted to
 * 60 households of the Low Carbon London trial in February 2013; London's latitude, seasons and summer time. Nothing
 * is stored beyond two days a household (about 50 kB), made when asked for.
 *
 * @throws InvalidArgumentError on slots that do not divide a day, on a lane that no home measures, or a share outside [0, 1]
 */
export function syntheticNeighbourhood(options: SyntheticOptions): SyntheticNeighbourhood {
  const { seed, households, slotSeconds, lanes = DEFAULT_LANES } = options
  checkSlotSeconds(slotSeconds)
  if (DAY_SECONDS % slotSeconds !== 0) throw new InvalidArgumentError('slotSeconds', 'a divisor of 86400', String(slotSeconds))
  if (!Number.isInteger(households) || households < 1) throw new InvalidArgumentError('households', 'at least 1', String(households))
  const registers = registersOf(lanes)
  const shares = { ...DEFAULT_SHARES, ...options.shares }
  for (const [name, share] of Object.entries(shares)) {
    if (!(share >= 0 && share <= 1)) throw new InvalidArgumentError(`shares.${name}`, 'a number from 0 to 1', String(share))
  }
  const weather = new WeatherSource(seed)
  const made = new Map<number, SyntheticHousehold>()
  const householdOf = (index: number): SyntheticHousehold => {
    const held = made.get(index)
    if (held) return held
    if (!Number.isInteger(index) || index < 0 || index >= households)
      throw new InvalidArgumentError('household', `from 0 to ${households - 1}`, String(index))
    const household = new SyntheticHousehold(seed, index, shares, weather)
    made.set(index, household)
    return household
  }
  const readingAt = (index: number, at: Slot): number[] => {
    const start = slot(at) * slotSeconds
    const day = Math.floor(start / DAY_SECONDS)
    const second = start - day * DAY_SECONDS
    const made = householdOf(index).energies(day)
    return registers.map(register => {
      const energies = register.counts(made)
      return energies ? counter(energies, second + slotSeconds) - counter(energies, second) : 0
    })
  }
  return {
    households,
    slotSeconds,
    lanes,
    readingAt,
    lanesOf(index) {
      const household = householdOf(index)
      return lanes.filter((_, lane) => household.has(registers[lane] as Register))
    },
    series(index, firstSlot, slots) {
      const values = new Int32Array(slots * lanes.length)
      for (let i = 0; i < slots; i++) values.set(readingAt(index, slot(firstSlot + i)), i * lanes.length)
      return { household: syntheticName(index), lanes, slotSeconds, firstSlot: slot(firstSlot), slots, values }
    }
  }
}

function registersOf(lanes: readonly ObisCode[]): Register[] {
  const expected = [...REGISTERS.keys()].join(' or ')
  if (lanes.length === 0) throw new InvalidArgumentError('lanes', expected, 'none')
  return lanes.map(lane => {
    const register = REGISTERS.get(lane)
    if (!register) throw new InvalidArgumentError('lanes', expected, lane)
    return register
  })
}

/** A synthetic household's name: `synthetic-007`. */
export function syntheticName(index: number): string {
  return `synthetic-${String(index).padStart(3, '0')}`
}
