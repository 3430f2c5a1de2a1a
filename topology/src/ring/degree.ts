// The degree that a neighbourhood needs, and the conditions that it has to meet.
import { counted, InvalidArgumentError } from '@hushgrid/primitives'
import { log2AllMarked, log2Exactly, log2Sum, log2TailAbove } from '../exposure/hypergeometric.ts'
import {
  colludersInWholeSums,
  colludersTolerated,
  HONEST_IN_SUM,
  MAX_SHARE_HOLDERS,
  neighboursNeeded,
  type RecoveryMode,
  recoveryLie
} from './recovery.ts'
import { checkDegree, checkMembers, completeDegree, maskNeighbourCount } from './ring.ts'

/** σ: the privacy conditions fail with a chance of at most 2^-40 (PROTOCOL.md section 5). */
const DEFAULT_SIGMA = 40
/** Recovery fails with a chance of at most 2^-20 (PROTOCOL.md section 5, condition 2). */
const RECOVERY_SIGMA = 20
/** Up to so many members everybody is everybody's neighbour (PROTOCOL.md section 5). */
const COMPLETE_UP_TO = 30
/** The largest degree `auto` tries (PROTOCOL.md section 5). */
export const MAX_AUTO_DEGREE = MAX_SHARE_HOLDERS

/** Parameters that a degree has to withstand. */
export interface DegreeParameters {
  /** n, from 2 to 65,535. */
  readonly members: number
  /** γ: fraction of the members that hand the aggregator all they know, 0 <= γ < 1; ceil(γn) members. */
  readonly collusion: number
  /** δ: fraction of the members that are missing, 0 <= δ < 1; ceil(δn) members. */
  readonly dropout: number
  readonly recovery: RecoveryMode
  /** Members marked absent, beside those that are missing; none unless given. */
  readonly absent?: number
  /** Pairs of mask neighbours that are cut, at random places; none unless given. */
  readonly cuts?: number
  /** Bits of conditions 1 and 3; 40 unless given. */
  readonly sigma?: number
  /** h, honest readings in every sum that can be learnt; 3 unless given. */
  readonly honest?: number
}

/** One condition of PROTOCOL.md section 5 for one degree. */
export interface DegreeCondition {
  readonly number: 1 | 2 | 3
  /** Failure in words, with this degree's numbers. */
  readonly failure: string
  /** log2 of the bound on the chance that it fails; at most 0, −Infinity where it cannot. */
  readonly log2: number
  /** log2 of what is allowed. */
  readonly limit: number
  readonly holds: boolean
}

/**
 * How far sums that are learnt are whole components (PROTOCOL.md section 7): only then do `minMembers` and `support` hold
 * against the aggregator as well.
 */
export interface WholeSums {
  /** Colluding neighbours of a meter up to which they are; negative where they never are. */
  readonly tolerated: number
  /** Expected number of honest meters with more, exact. */
  readonly expected: number
}

/** Assessment of one degree. */
export interface DegreeAssessment {
  readonly members: number
  readonly degree: number
  /** d = min(degree, n − 1). */
  readonly neighbours: number
  readonly complete: boolean
  /** ceil(γn). */
  readonly colluding: number
  /** ceil(δn). */
  readonly missing: number
  readonly absent: number
  readonly cuts: number
  readonly recovery: RecoveryMode
  /** Conditions in order of their numbers; without number 2 where recovery is 'none'. */
  readonly conditions: readonly DegreeCondition[]
  /** Second bound of double mask, which no condition asks for; absent in other modes. */
  readonly wholeSums?: WholeSums
  /** True where all of them hold. */
  readonly holds: boolean
}

/** Result of `auto`. */
export type DegreeSolution =
  | {
      readonly found: true
      readonly degree: number
      /** 'small' for the complete graph of up to 30 members, which is taken whether or not the conditions hold. */
      readonly because: 'small' | 'smallest'
      readonly assessment: DegreeAssessment
    }
  | {
      readonly found: false
      /** The largest degree tried: 254, or the complete graph's where that is smaller. */
      readonly triedUpTo: number
      /** That degree's figures. */
      readonly assessment: DegreeAssessment
      /** The conditions that even that degree does not meet. */
      readonly failing: readonly DegreeCondition[]
    }

/**
 * ceil(fraction · n), as the protocol counts colluding and missing members. The product is taken back by 1e-9 first:
 * 0.07 · 100 is 7.000000000000001 in floating point, and means seven.
 *
 * @throws InvalidArgumentError unless 0 <= fraction < 1
 */
export function fractionOf(n: number, fraction: number, name: string): number {
  if (!(fraction >= 0 && fraction < 1)) throw new InvalidArgumentError(name, 'a fraction from 0 to below 1', String(fraction))
  return Math.max(0, Math.ceil(fraction * n - 1e-9))
}

/** Makes sure of a whole number from 0 on; returns it. @throws InvalidArgumentError */
export function checkCount(value: number, most: number, name: string): number {
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw new InvalidArgumentError(name, `a whole number from 0 to ${most}`, String(value))
  return value
}

/**
 * The degree of `auto` (PROTOCOL.md section 5): the complete graph for n <= 30, else the smallest even degree that meets
 * conditions 1 to 3. With recovery 'none' condition 2 falls away and condition 3 is edge release's: nothing is released
 * then, and a network that turns recovery on later is not left with too small a degree.
 *
 * @throws InvalidArgumentError on parameters out of range
 */
export function solveDegree(parameters: DegreeParameters): DegreeSolution {
  const { members } = parameters
  checkMembers(members)
  const complete = completeDegree(members)
  if (members <= COMPLETE_UP_TO) {
    return { found: true, degree: complete, because: 'small', assessment: assessDegree(complete, parameters) }
  }
  const last = Math.min(MAX_AUTO_DEGREE, complete)
  for (let degree = 2; degree <= last; degree += 2) {
    const assessment = assessDegree(degree, parameters)
    if (assessment.holds) return { found: true, degree, because: 'smallest', assessment }
  }
  const assessment = assessDegree(last, parameters)
  return { found: false, triedUpTo: last, assessment, failing: assessment.conditions.filter(condition => !condition.holds) }
}

/**
 * The three conditions of PROTOCOL.md section 5 for one degree, each as a bound on the chance that it fails, over the
 * random places of the members.
 *
 * @throws InvalidArgumentError on parameters out of range
 */
export function assessDegree(degree: number, parameters: DegreeParameters): DegreeAssessment {
  const { members, recovery, absent = 0, cuts = 0, sigma = DEFAULT_SIGMA, honest = HONEST_IN_SUM } = parameters
  checkDegree(degree, members, recovery)
  if (!(sigma > 0)) throw new InvalidArgumentError('sigma', 'a positive number of bits', String(sigma))
  if (!Number.isInteger(honest) || honest < 1) throw new InvalidArgumentError('honest', 'a whole number from 1', String(honest))
  const colluding = fractionOf(members, parameters.collusion, 'collusion')
  const missing = fractionOf(members, parameters.dropout, 'dropout')
  const neighbours = maskNeighbourCount(members, degree)
  const ring = { n: members, d: neighbours }
  checkCount(absent, members, 'absent')
  checkCount(cuts, maskPairs(ring), 'cuts')
  const conditions = [connected(ring, Math.min(members, colluding + missing + absent), honest, sigma)]
  if (recoveryLie(recovery) !== undefined)
    conditions.push(recoverable(ring, { missing, absent, cuts }, neighboursNeeded(recovery, neighbours)))
  const tolerated = colludersTolerated(recovery, neighbours, honest)
  conditions.push(notSurrounded(ring, colluding, tolerated, sigma))
  const whole = colludersInWholeSums(recovery, neighbours)
  return {
    members,
    degree,
    neighbours,
    complete: neighbours === members - 1,
    colluding,
    missing,
    absent,
    cuts,
    recovery,
    conditions,
    ...(whole !== undefined && { wholeSums: { tolerated: whole, expected: expectedAbove(ring, colluding, whole) } }),
    holds: conditions.every(condition => condition.holds)
  }
}

/** n members with d mask neighbours each. */
export interface Ring {
  readonly n: number
  readonly d: number
}

/** Number of pairs of mask neighbours. */
function maskPairs({ n, d }: Ring): number {
  return (n * d) / 2
}

function condition(number: 1 | 2 | 3, failure: string, log2: number, limit: number): DegreeCondition {
  return { number, failure, log2: Math.min(0, log2), limit, holds: log2 <= limit }
}

/**
 * Condition 1, as in Bell et al. 2020 (SecAgg+): a k-regular ring from which members are taken falls apart only if d/2
 * successive positions are gone at two separate places. There are n(n − d − 1)/2 such pairs of runs, and for each the
 * chance that its d positions are all among the colluding, the missing and the absent is hypergeometric; their sum bounds
 * the chance of any. These are taken to be different members, which is the worst case. A cut takes no mask from the honest
 * graph: who lies about a share counts as colluding. A complete graph
 * cannot fall apart, but fails here, as any graph does, where fewer than h honest members are present at all.
 */
function connected({ n, d }: Ring, gone: number, honest: number, sigma: number): DegreeCondition {
  const failure = `colluding, missing and absent members (${gone} of ${n}) cut the honest present ones apart, or leave fewer than ${honest}`
  return condition(1, failure, log2Disconnected(n, d, gone, honest), -sigma)
}

function log2Disconnected(n: number, d: number, gone: number, honest: number): number {
  if (n - gone < honest) return 0
  if (d >= n - 1) return Number.NEGATIVE_INFINITY
  return Math.log2(n) + Math.log2(n - d - 1) - 1 + log2AllMarked({ population: n, marked: gone, draws: d })
}

/** Members and pairs that a meter has to do without. */
interface Losses {
  readonly missing: number
  readonly absent: number
  readonly cuts: number
}

/** Condition 2: some present member has fewer than f (edge release) or t (double mask) of its d neighbours left. */
function recoverable(ring: Ring, losses: Losses, needed: number): DegreeCondition {
  const { n, d } = ring
  const { missing, absent, cuts } = losses
  const gone = [
    `${missing} of ${n} are missing`,
    ...(absent > 0 ? [`${absent} absent`] : []),
    ...(cuts > 0 ? [`${counted(cuts, 'pair')} cut`] : [])
  ]
  const failure = `a present member has fewer than ${needed} of its ${d} neighbours present (${gone.join(', ')})`
  return condition(2, failure, log2AnyShort(ring, losses, needed), -RECOVERY_SIGMA)
}

/**
 * log2 of a bound on the chance that some member that is there has fewer than `needed` neighbours left. The d neighbours of
 * one are a random d of the other n − 1, of which so many are missing or absent; its d pairs are a random d of all pairs,
 * of which so many are cut; summed over the members that are there. Colluding members are taken to answer: one that does
 * not is a missing one. At most 0.
 */
export function log2AnyShort(ring: Ring, { missing, absent, cuts }: Losses, needed: number): number {
  const { n, d } = ring
  const gone = Math.min(missing + absent, n)
  if (gone === n) return Number.NEGATIVE_INFINITY
  const pairs = { population: maskPairs(ring), marked: cuts, draws: d }
  const chances: number[] = []
  for (let cut = 0; cut <= Math.min(d, cuts); cut++) {
    const short = log2TailAbove({ population: n - 1, marked: gone, draws: d - cut }, d - needed - cut)
    chances.push(log2Exactly(pairs, cut) + short)
  }
  return Math.min(0, Math.log2(n - gone) + log2Sum(chances))
}

/** Condition 3, as the protocol writes it: n · P[more than c of a meter's d neighbours collude], among n − 1 others. */
function notSurrounded(ring: Ring, colluding: number, tolerated: number, sigma: number): DegreeCondition {
  const { n, d } = ring
  const tail = log2ColludeAbove(ring, colluding, tolerated)
  const failure =
    tolerated < 0
      ? `${d} neighbours are too few for the guarantee of section 7, colluders or not`
      : `more than ${tolerated} of a meter's ${d} neighbours collude (${colluding} of ${n} do)`
  return condition(3, failure, Math.log2(n) + tail, -sigma)
}

/** log2 P[more than so many of a meter's d neighbours collude]. */
function log2ColludeAbove({ n, d }: Ring, colluding: number, tolerated: number): number {
  return log2TailAbove({ population: n - 1, marked: Math.min(colluding, n - 1), draws: d }, tolerated)
}

/** Expected number of honest meters of which more neighbours collude. */
function expectedAbove(ring: Ring, colluding: number, tolerated: number): number {
  return (ring.n - colluding) * 2 ** log2ColludeAbove(ring, colluding, tolerated)
}
