// Checks the options of `pnpm compare --million` and makes its threads' work of them.
import { availableParallelism } from 'node:os'
import { DEFAULT_SLOT_SECONDS, InvalidArgumentError, type Slot } from '@hushgrid/primitives'
import { DEFAULT_FRACTION, DEFAULT_MIN_MEMBERS, type Network, resolveDegree } from '@hushgrid/topology'

const DAY_SECONDS = 86_400
const MOST_HOUSEHOLDS = 1e9
/** The least and the most members that a neighbourhood may be asked to have. */
const MILLION_SIZES = [50, 200] as const
/**
 * Sources of readings.
 * - `households`: the seeded households of packages/load-profiles. Making one's day takes about half as
 *   long as all else together.
 * - `uniform`: a hash of seed, household, slot and lane, for which time hardly counts.
 */
export const MILLION_READINGS = ['households', 'uniform'] as const
export type MillionReadings = (typeof MILLION_READINGS)[number]

/** Work that every thread gets. */
export interface MillionWork {
  readonly seed: string
  readonly readings: MillionReadings
  readonly households: number
  readonly neighbourhoods: number
  /** Degree of a neighbourhood, by its number of members. */
  readonly degrees: ReadonlyMap<number, number>
  readonly minMembers: number
  readonly slotSeconds: number
  readonly firstSlot: Slot
  readonly slots: number
  readonly missing: number
  /** Neighbourhood in which one member's masks have a bit flipped, so that tests see it noticed. */
  readonly flipIn?: number | undefined
  /** Number of the neighbourhood that is taken next, shared by all threads. */
  readonly next: SharedArrayBuffer
}

export interface MillionProgress {
  readonly households: number
  readonly of: number
  readonly seconds: number
  /** Time that remains at the pace so far, s. */
  readonly remaining: number
}

export interface MillionOptions {
  /** Number of households; 1,000,000 where not given, at least one neighbourhood. */
  readonly households?: number
  /** Most members of a neighbourhood, {@link MILLION_SIZES}; 50 where not given. */
  readonly neighbourhoodSize?: number
  /** Degree; `auto` where not given: the one that the nodes would take, by the default γ and δ. */
  readonly degree?: Network['degree']
  /** Length of a slot, s; a divisor of a day from 1; 900 where not given. */
  readonly slotSeconds?: number
  /** Number of slots of the day from 00:00 UTC on; all of them where not given. */
  readonly slots?: number
  /** Day of the readings; `2026-04-15` where not given, a Wednesday on which panels export. */
  readonly day?: string
  /** Chance that a member is missing in a slot; 0.01 where not given. */
  readonly missing?: number
  /** Seed of readings, secrets and missing members; it fixes the counts, whatever the number of threads. */
  readonly seed?: string
  /** Source of readings; `households` where not given. */
  readonly readings?: MillionReadings
  /** Number of threads; as many as the machine has processors where not given. */
  readonly threads?: number
  /** Takes the progress four times a second from the first neighbourhood on, and at the end. */
  readonly progress?: ((at: MillionProgress) => void) | undefined
  /** Signal that ends the run at once; the run rejects with its reason. */
  readonly signal?: AbortSignal | undefined
  /** Neighbourhood, from 0, in which one member's masks have a bit flipped, so that tests see it noticed. */
  readonly flipIn?: number | undefined
}

/** Work of the threads, with the values that only their process needs. */
export interface MillionPlan {
  readonly work: MillionWork
  readonly day: string
  readonly threads: number
  /** Least and most members of a neighbourhood. */
  readonly members: readonly [number, number]
}

function whole(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new InvalidArgumentError(name, `a whole number from ${least} to ${most}`, String(value))
}

function startOf(day: string): number {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  // Date takes 30 February for 2 March.
  if (!(start >= 0) || !new Date(start).toISOString().startsWith(day))
    throw new InvalidArgumentError('day', 'a date since 1970, for example 2026-04-15', JSON.stringify(day))
  return start / 1000
}

/** @throws InvalidArgumentError on an option out of range; NoDegreeError where no degree does */
export function planMillion(options: MillionOptions): MillionPlan {
  const {
    slotSeconds = DEFAULT_SLOT_SECONDS,
    day = '2026-04-15',
    missing = 0.01,
    seed = 'million',
    readings = 'households',
    flipIn
  } = options
  const size = whole('neighbourhood size', options.neighbourhoodSize ?? MILLION_SIZES[0], ...MILLION_SIZES)
  const households = whole('households', options.households ?? 1_000_000, size, MOST_HOUSEHOLDS)
  whole('slot seconds', slotSeconds, 1, DAY_SECONDS)
  if (DAY_SECONDS % slotSeconds !== 0) throw new InvalidArgumentError('slot seconds', `a divisor of ${DAY_SECONDS}`, String(slotSeconds))
  if (!(missing >= 0 && missing < 1)) throw new InvalidArgumentError('missing', 'a fraction from 0 to below 1', String(missing))
  if (!MILLION_READINGS.includes(readings))
    throw new InvalidArgumentError('readings', MILLION_READINGS.join(' or '), JSON.stringify(readings))
  const neighbourhoods = Math.ceil(households / size)
  const members = [Math.floor(households / neighbourhoods), Math.ceil(households / neighbourhoods)] as const
  const network = {
    degree: options.degree ?? 'auto',
    collusion: DEFAULT_FRACTION,
    dropout: DEFAULT_FRACTION,
    recovery: 'edge-release'
  } as const
  const work = {
    seed,
    readings,
    households,
    neighbourhoods,
    degrees: new Map(members.map(count => [count, resolveDegree(network, count).degree])),
    minMembers: DEFAULT_MIN_MEMBERS,
    slotSeconds,
    firstSlot: (startOf(day) / slotSeconds) as Slot,
    slots: whole('slots', options.slots ?? DAY_SECONDS / slotSeconds, 1, DAY_SECONDS / slotSeconds),
    missing,
    flipIn: flipIn === undefined ? undefined : whole('neighbourhood of the flipped bit', flipIn, 0, neighbourhoods - 1),
    next: new SharedArrayBuffer(4)
  }
  const threads = whole('threads', options.threads ?? availableParallelism(), 1, 1024)
  return { work, day, members, threads: Math.min(threads, neighbourhoods) }
}
