// Exposed meters counted at random placements of the colluders.
import { InvalidArgumentError, SeededRng } from '@hushgrid/primitives'
import { maskNeighbourCount } from '../ring/ring.ts'
import type { ExposureMeaning } from './exposure-meaning.ts'

/** Result of random placements for one meaning of "exposed". Intervals hold the true value 95 times in 100. */
export interface SimulatedFigure {
  /** Mean number of exposed honest meters. */
  readonly expected: number
  readonly expectedInterval: readonly [number, number]
  /** Fraction of the placements with any. */
  readonly any: number
  readonly anyInterval: readonly [number, number]
}

export interface Simulated {
  readonly trials: number
  /** Figures in the order of the meanings asked for. */
  readonly figures: readonly SimulatedFigure[]
}

/** 97.5 % quantile of the normal distribution. */
const QUANTILE = 1.959964
/** More would keep a person waiting for hours. */
const MAX_TRIALS = 10_000_000

/**
 * Puts the colluders at random places again and again, and counts exposed honest meters by looking at the ring.
 *
 * @param trials - number of placements, from 1 to 10,000,000
 * @param seed - the same seed gives the same figures
 */
export function simulateExposure(
  setting: { members: number; degree: number; colluding: number; absent: number; meanings: readonly ExposureMeaning[] },
  trials: number,
  seed: string
): Simulated {
  if (!Number.isInteger(trials) || trials < 1 || trials > MAX_TRIALS) {
    throw new InvalidArgumentError('trials', `a whole number from 1 to ${MAX_TRIALS}`, String(trials))
  }
  const { members, degree, colluding, absent, meanings } = setting
  const neighbours = maskNeighbourCount(members, degree)
  const rng = new SeededRng(`exposure ${seed}`)
  const places = Int32Array.from({ length: members }, (_, i) => i)
  const colludes = new Uint8Array(members)
  const gone = new Uint8Array(members)
  const tallies = meanings.map(() => ({ sum: 0, squares: 0, hits: 0 }))
  for (let trial = 0; trial < trials; trial++) {
    scatter(places, colluding + absent, rng)
    mark(colludes, places, colluding)
    mark(gone, places, colluding + absent)
    const parts = partSizes(gone, neighbours)
    const around = colludersAround(colludes, neighbours)
    meanings.forEach((meaning, i) => {
      let exposed = 0
      for (let p = 0; p < members; p++) {
        if (gone[p]) continue
        const hit = meaning.below === undefined ? (around[p] as number) > meaning.tolerated : (parts[p] as number) < meaning.below
        if (hit) exposed++
      }
      const tally = tallies[i] as (typeof tallies)[number]
      tally.sum += exposed
      tally.squares += exposed * exposed
      if (exposed > 0) tally.hits++
    })
  }
  return { trials, figures: tallies.map(tally => figure(tally, trials, members - colluding - absent)) }
}

/** Draws `count` random places to the front (the first steps of Fisher and Yates; any order will do to start from). */
export function scatter(places: Int32Array, count: number, rng: SeededRng): void {
  for (let i = 0; i < count; i++) {
    const j = i + rng.below(places.length - i)
    const chosen = places[j] as number
    places[j] = places[i] as number
    places[i] = chosen
  }
}

/** Marks the first `count` places, and no others. */
function mark(marked: Uint8Array, places: Int32Array, count: number): void {
  marked.fill(0)
  for (let i = 0; i < count; i++) marked[places[i] as number] = 1
}

/** Counts, for each position that is not gone, those that its masks join, itself included, directly or through one another. */
export function partSizes(gone: Uint8Array, neighbours: number): Int32Array {
  const n = gone.length
  const sizes = new Int32Array(n)
  const honest: number[] = []
  for (let p = 0; p < n; p++) if (!gone[p]) honest.push(p)
  const reach = neighbours >= n - 1 ? n : neighbours / 2
  // Going round the honest positions, a part ends where the next one is out of reach.
  const ends: number[] = []
  honest.forEach((p, i) => {
    const next = honest[(i + 1) % honest.length] as number
    if ((next - p + n) % n > reach) ends.push(i)
  })
  if (ends.length < 2) {
    for (const p of honest) sizes[p] = honest.length
    return sizes
  }
  ends.forEach((end, i) => {
    const start = ends[(i + ends.length - 1) % ends.length] as number
    const size = (end - start + honest.length) % honest.length
    for (let k = 1; k <= size; k++) sizes[honest[(start + k) % honest.length] as number] = size
  })
  return sizes
}

/** Counts, for each position, its mask neighbours that collude. */
export function colludersAround(colludes: Uint8Array, neighbours: number): Int32Array {
  const n = colludes.length
  const out = new Int32Array(n)
  const at = (p: number): number => colludes[((p % n) + n) % n] as number
  if (neighbours >= n - 1) {
    const all = colludes.reduce((sum, one) => sum + one, 0)
    return out.map((_, p) => all - at(p))
  }
  const reach = neighbours / 2
  let window = 0
  for (let p = -reach; p <= reach; p++) window += at(p)
  for (let p = 0; p < n; p++) {
    out[p] = window - at(p)
    window += at(p + reach + 1) - at(p - reach)
  }
  return out
}

function figure(tally: { sum: number; squares: number; hits: number }, trials: number, honest: number): SimulatedFigure {
  const mean = tally.sum / trials
  const any = tally.hits / trials
  const anyInterval = wilson(tally.hits, trials)
  const deviation = Math.sqrt(Math.max(0, tally.squares / trials - mean * mean) / Math.max(1, trials - 1))
  // Where no placement showed one, a normal interval would be [0, 0]; at most all are exposed in an unseen one.
  const expectedInterval: [number, number] =
    tally.hits === 0
      ? [0, honest * anyInterval[1]]
      : [Math.max(0, mean - QUANTILE * deviation), Math.min(honest, mean + QUANTILE * deviation)]
  return { expected: mean, expectedInterval, any, anyInterval }
}

/** Wilson's score interval of a proportion, 95 %; sound near 0 and 1, where the normal one is not. */
export function wilson(hits: number, trials: number): [number, number] {
  const square = QUANTILE * QUANTILE
  const share = hits / trials
  const middle = share + square / (2 * trials)
  const half = QUANTILE * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials * trials))
  const scale = 1 + square / trials
  return [hits === 0 ? 0 : Math.max(0, (middle - half) / scale), hits === trials ? 1 : Math.min(1, (middle + half) / scale)]
}
