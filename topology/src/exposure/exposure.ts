// Number of meters that colluders expose, by formula and by simulation.
import { InvalidArgumentError } from '@hushgrid/primitives'
import { checkCount, fractionOf } from '../ring/degree.ts'
import { HONEST_IN_SUM, type RecoveryMode } from '../ring/recovery.ts'
import { checkDegree, maskNeighbourCount } from '../ring/ring.ts'
import { chanceOfSmallPart } from './arrangements.ts'
import { type ExposureKind, exposureMeanings } from './exposure-meaning.ts'
import { type Simulated, type SimulatedFigure, simulateExposure } from './exposure-simulation.ts'
import { log2AllMarked, log2TailAbove } from './hypergeometric.ts'

/** A neighbourhood and its colluders. */
export interface ExposureParameters {
  /** n, from 2 to 65,535. */
  readonly members: number
  readonly degree: number
  /** γ: fraction of the members that collude with the aggregator, 0 <= γ < 1; ceil(γn), anywhere on the ring. */
  readonly collusion: number
  readonly recovery: RecoveryMode
  /** Honest members marked absent, anywhere on the ring; none unless given. */
  readonly absent?: number
  /** Pairs of mask neighbours that are cut; none unless given. */
  readonly cuts?: number
  /** h; 3 unless given. */
  readonly honest?: number
}

/** Figures for one meaning of "exposed". */
export interface ExposureFigure {
  readonly kind: ExposureKind
  /** The condition in words, with this neighbourhood's numbers. */
  readonly meaning: string
  /** Expected number of honest meters, exact. */
  readonly expected: number
  /** Chance that there is any. */
  readonly any: number
  /** 'upper bound': the sum of the meters' chances, at most 1. */
  readonly anyIs: 'exact' | 'upper bound'
  readonly simulated?: SimulatedFigure
}

/** Facts about a degree that a person should know before trusting it. */
export interface ExposureSummary {
  readonly members: number
  readonly degree: number
  /** d = min(degree, n − 1). */
  readonly neighbours: number
  readonly colluding: number
  readonly absent: number
  readonly cuts: number
  /** Honest members that are not absent. */
  readonly honestMeters: number
  readonly recovery: RecoveryMode
  /** h. */
  readonly honest: number
  readonly figures: readonly ExposureFigure[]
  readonly trials?: number
  readonly seed?: string
}

/** Up to so many members the chance of a small part is counted exactly; its cost grows faster than n^3. */
const EXACT_UP_TO = 1024

/**
 * Computes how many honest meters are exposed to colluders at random places, by formula and, if asked for, by simulation.
 *
 * A cut changes nothing here: one of its two lies, and counts as colluding (PROTOCOL.md section 7).
 *
 * Expected numbers are exact, by linearity: the chance of one meter, from the hypergeometric distribution of the
 * colluders among its neighbours, times the number of honest meters. The chance of any is exact on the complete graph,
 * and for 'reading-alone' and 'few-in-sum' up to 1,024 members (see arrangements.ts); otherwise a union bound.
 *
 * @param simulation - number of random placements, and the seed they come from
 * @throws InvalidArgumentError on parameters out of range
 */
export function exposureSummary(parameters: ExposureParameters, simulation?: { trials: number; seed: string }): ExposureSummary {
  const { members, degree, recovery, absent = 0, cuts = 0, honest = HONEST_IN_SUM } = parameters
  checkDegree(degree, members, recovery)
  if (!Number.isInteger(honest) || honest < 2) throw new InvalidArgumentError('honest', 'a whole number from 2', String(honest))
  const colluding = fractionOf(members, parameters.collusion, 'collusion')
  checkCount(absent, members - colluding, 'absent')
  checkCount(cuts, (members * maskNeighbourCount(members, degree)) / 2, 'cuts')
  const place: Place = {
    members,
    neighbours: maskNeighbourCount(members, degree),
    colluding,
    gone: colluding + absent,
    honestMeters: members - colluding - absent
  }
  const meanings = exposureMeanings(place.neighbours, recovery, honest)
  let simulated: Simulated | undefined
  if (simulation) {
    const { trials, seed } = simulation
    simulated = simulateExposure({ members, degree, colluding, absent, meanings }, trials, seed)
  }
  const figures = meanings.map((meaning, i) => {
    const figure = meaning.below === undefined ? byThreshold(place, meaning.tolerated) : byPart(place, meaning.below)
    const run = simulated?.figures[i]
    return { kind: meaning.kind, meaning: meaning.text, ...figure, ...(run && { simulated: run }) }
  })
  return {
    members,
    degree,
    neighbours: place.neighbours,
    colluding,
    absent,
    cuts,
    honestMeters: place.honestMeters,
    recovery,
    honest,
    figures,
    ...(simulation && { trials: simulation.trials, seed: simulation.seed })
  }
}

interface Place {
  readonly members: number
  readonly neighbours: number
  readonly colluding: number
  /** Members that keep no honest mask: colluding or absent. */
  readonly gone: number
  readonly honestMeters: number
}

type Formula = Pick<ExposureFigure, 'expected' | 'any' | 'anyIs'>

function byThreshold({ members, neighbours, colluding, honestMeters }: Place, tolerated: number): Formula {
  const chance = 2 ** log2TailAbove({ population: members - 1, marked: colluding, draws: neighbours }, tolerated)
  const expected = honestMeters * chance
  // On the complete graph all meters have the same neighbours, and the chance is 0 or 1.
  if (chance === 0 || chance === 1) return { expected, any: chance, anyIs: 'exact' }
  return { expected, any: Math.min(1, expected), anyIs: 'upper bound' }
}

function byPart(place: Place, below: number): Formula {
  const { members, neighbours, gone, honestMeters } = place
  if (honestMeters < below) return { expected: honestMeters, any: 1, anyIs: 'exact' }
  const reach = neighbours / 2
  if (neighbours >= members - 1 || gone < neighbours) return { expected: 0, any: 0, anyIs: 'exact' }
  const expected = honestMeters * chanceInSmallPart(place, reach, below)
  if (members > EXACT_UP_TO) return { expected, any: Math.min(1, expected), anyIs: 'upper bound' }
  return { expected, any: chanceOfSmallPart({ honest: honestMeters, colluding: gone, reach }, below), anyIs: 'exact' }
}

/**
 * Chance that one honest meter is in a part of fewer than `below` honest ones: it may be any of the s of a part of s,
 * which lies between two wide gaps and has s − 1 narrow ones inside (arrangements.ts). The chance that k given gaps are
 * wide is that of gone members in k · reach given positions out of n − 1.
 */
function chanceInSmallPart({ members, gone }: Place, reach: number, below: number): number {
  const wide = (gaps: number): number => {
    const draws = gaps * reach
    return draws > gone ? 0 : 2 ** log2AllMarked({ population: members - 1, marked: gone, draws })
  }
  let chance = 0
  for (let s = 1; s < below; s++) {
    for (let also = 0, subsets = 1; also < s; also++) {
      chance += s * subsets * wide(2 + also) * (also % 2 === 0 ? 1 : -1)
      subsets = (subsets * (s - 1 - also)) / (also + 1)
    }
  }
  return chance
}
