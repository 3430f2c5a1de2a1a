// The cliff of double mask: from how many missing members on a slot is lost as a whole.
import { InvalidArgumentError, SeededRng } from '@hushgrid/primitives'
import { checkCount, fractionOf, log2AnyShort } from '../ring/degree.ts'
import { closeMissing, type MaskGraph } from '../ring/mask-graph.ts'
import { shareThreshold } from '../ring/recovery.ts'
import { checkDegree, maskNeighbourCount, neighbourPositions } from '../ring/ring.ts'
import { scatter, wilson } from './exposure-simulation.ts'

/** A neighbourhood with double mask, and its losses before a slot. */
export interface CliffParameters {
  /** n, from 2 to 65,535. */
  readonly members: number
  readonly degree: number
  readonly minMembers: number
  /** Members marked absent, at random places. */
  readonly absent: number
  /** Pairs of mask neighbours that are cut, at random places. */
  readonly cuts: number
  /** Fractions of the members that are missing in a slot, each from 0 to below 1; ceil(fraction · n), at random places. */
  readonly shares: readonly number[]
}

/** Figures for one number of missing members. */
export interface CliffLevel {
  readonly share: number
  readonly missing: number
  /** log2 of a bound on the chance that any member joins the missing for want of neighbours, which starts a reaction. */
  readonly log2Any: number
  /** Fraction of the trials in which nobody was left. */
  readonly lost: number
  /** 95 % interval of it. */
  readonly lostInterval: readonly [number, number]
  /** Mean number of members in the total, of the trials with one; 0 where no trial had one. */
  readonly left: number
}

export interface CliffSummary extends Omit<CliffParameters, 'shares'> {
  /** d = min(degree, n − 1). */
  readonly neighbours: number
  /** t. */
  readonly needed: number
  /** Fewest members missing beside each other that lose the slot as a whole, where nobody is absent or cut. */
  readonly row: number
  readonly trials: number
  readonly seed: string
  readonly levels: readonly CliffLevel[]
}

/** Most visits of mask neighbours for one level; a larger neighbourhood gets fewer trials. */
const MOST_VISITS = 20_000_000
const LEAST_TRIALS = 200

/**
 * Computes how double mask's chain reaction ends (PROTOCOL.md section 7, rule 1): by the formula for its start, and by
 * closing M at random places of absent, missing and cut.
 *
 * @param trials - random placements a level, at least 1; fewer where members and degree are many, never below 200
 * @param seed - the same seed gives the same figures
 * @throws InvalidArgumentError on parameters out of range
 */
export function cliffSummary(parameters: CliffParameters, trials: number, seed: string): CliffSummary {
  const { members, degree, minMembers, absent, cuts, shares } = parameters
  checkDegree(degree, members, 'double-mask')
  if (!Number.isInteger(trials) || trials < 1) throw new InvalidArgumentError('trials', 'a whole number from 1', String(trials))
  const neighbours = maskNeighbourCount(members, degree)
  const ring = { n: members, d: neighbours }
  checkCount(absent, members - 1, 'absent')
  checkCount(cuts, (members * neighbours) / 2, 'cuts')
  const needed = shareThreshold(neighbours)
  const places = new RingPlaces(parameters, needed, new SeededRng(`cliff ${seed}`))
  const runs = Math.min(trials, Math.max(LEAST_TRIALS, Math.floor(MOST_VISITS / (members * neighbours))))
  const levels = shares.map(share => {
    const missing = Math.min(fractionOf(members, share, 'missing'), members - absent)
    return { share, missing, log2Any: log2AnyShort(ring, { missing, absent, cuts }, needed), ...places.closed(missing, runs) }
  })
  return { members, degree, minMembers, absent, cuts, neighbours, needed, row: neighbours - needed + 1, trials: runs, seed, levels }
}

/** A ring whose members are numbered by position, with absent members and cuts drawn anew for each trial. */
class RingPlaces {
  readonly #graph: MaskGraph
  readonly #parameters: CliffParameters
  readonly #needed: number
  readonly #rng: SeededRng
  readonly #places: Int32Array
  /** Pairs of mask neighbours, each as lower · n + higher. */
  readonly #pairs: Int32Array
  readonly #absent = new Set<number>()
  readonly #cut = new Set<number>()

  constructor(parameters: CliffParameters, needed: number, rng: SeededRng) {
    const { members, degree, minMembers } = parameters
    const neighbours = Array.from({ length: members }, (_, p) => neighbourPositions(p, members, degree))
    this.#parameters = parameters
    this.#needed = needed
    this.#rng = rng
    this.#places = Int32Array.from({ length: members }, (_, p) => p)
    this.#pairs = Int32Array.from(neighbours.flatMap((list, p) => list.filter(q => q > p).map(q => p * members + q)))
    this.#graph = {
      size: members,
      neighbours,
      present: p => !this.#absent.has(p),
      cut: (p, q) => this.#cut.size > 0 && this.#cut.has(Math.min(p, q) * members + Math.max(p, q)),
      minMembers,
      lanes: []
    }
  }

  /** Closes M of so many missing members, again and again. */
  closed(missing: number, trials: number): Pick<CliffLevel, 'lost' | 'lostInterval' | 'left'> {
    const { members, absent, cuts } = this.#parameters
    let lost = 0
    let left = 0
    for (let trial = 0; trial < trials; trial++) {
      scatter(this.#places, absent + missing, this.#rng)
      this.#absent.clear()
      for (const p of this.#places.subarray(0, absent)) this.#absent.add(p)
      scatter(this.#pairs, cuts, this.#rng)
      this.#cut.clear()
      for (const pair of this.#pairs.subarray(0, cuts)) this.#cut.add(pair)
      const { size } = closeMissing(this.#graph, new Set(this.#places.subarray(absent, absent + missing)), this.#needed)
      if (size === members - absent) lost++
      else left += members - absent - size
    }
    return { lost: lost / trials, lostInterval: wilson(lost, trials), left: lost === trials ? 0 : left / (trials - lost) }
  }
}
