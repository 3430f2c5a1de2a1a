// The degree of a network as its file asks for it.
import { HushgridError } from '@hushgrid/primitives'
import type { Network } from '../network/network.ts'
import { assessDegree, type DegreeAssessment, type DegreeCondition, type DegreeParameters, solveDegree } from './degree.ts'
import { hasPrivateMasks, MAX_SHARE_HOLDERS } from './recovery.ts'
import { checkMembers, completeDegree } from './ring.ts'

/** The degree of a roster, and why it is that. */
export interface ResolvedDegree {
  readonly degree: number
  /** d = min(degree, n − 1). */
  readonly neighbours: number
  /** What the network's file asks for: `auto`, `complete` or a number. */
  readonly chosenBy: 'auto' | 'complete' | 'number'
  /** A sentence for people. */
  readonly why: string
  /** Assessment of the degree under the network's γ, δ and recovery; a chosen number need not hold. */
  readonly assessment: DegreeAssessment
}

/** No degree does for so many members under the network's γ, δ and recovery. */
export class NoDegreeError extends HushgridError {
  override name = 'NoDegreeError'
  readonly members: number
  /** The conditions that fail; empty where the trouble is the number of neighbours itself. */
  readonly failing: readonly DegreeCondition[]

  constructor(message: string, members: number, failing: readonly DegreeCondition[]) {
    super(message)
    this.members = members
    this.failing = failing
  }
}

/**
 * The degree that a network's roster of n members gets (PROTOCOL.md section 5). A number beyond the complete graph is
 * written as the complete graph.
 *
 * @throws NoDegreeError where `auto` finds none up to 254, or double mask cannot number so many neighbours
 * @throws InvalidArgumentError unless n is from 2 to 65,535
 */
export function resolveDegree(network: Pick<Network, 'degree' | 'collusion' | 'dropout' | 'recovery'>, n: number): ResolvedDegree {
  checkMembers(n)
  const { degree, recovery } = network
  const parameters: DegreeParameters = { members: n, collusion: network.collusion, dropout: network.dropout, recovery }
  if (degree === 'auto') return byAuto(parameters)
  const complete = completeDegree(n)
  const written = degree === 'complete' ? complete : Math.min(degree, complete)
  const neighbours = Math.min(written, n - 1)
  if (hasPrivateMasks(recovery) && neighbours > MAX_SHARE_HOLDERS) {
    const message = `degree '${degree}': expected at most ${MAX_SHARE_HOLDERS} mask neighbours with double mask, got ${neighbours} (${n} members)`
    throw new NoDegreeError(message, n, [])
  }
  const assessment = assessDegree(written, parameters)
  const asked = degree === 'complete' ? 'the network asks for the complete graph' : `the network asks for ${degree}`
  const capped = typeof degree === 'number' && degree > written ? `, and ${n} members are a complete graph at ${written}` : ''
  return resolved(degree === 'complete' ? 'complete' : 'number', `${asked}${capped}${doubts(assessment)}`, assessment)
}

function byAuto(parameters: DegreeParameters): ResolvedDegree {
  const solution = solveDegree(parameters)
  const { members, collusion, dropout, recovery } = parameters
  const under = `with ${percent(collusion)} colluding, ${percent(dropout)} missing and recovery '${recovery}'`
  if (!solution.found) {
    const failures = solution.failing.map(({ number, failure }) => `condition ${number}: ${failure}`).join('; ')
    const message = `degree 'auto': expected one up to ${solution.triedUpTo} that meets PROTOCOL.md section 5 for ${members} members ${under}, got none (${failures})`
    throw new NoDegreeError(message, members, solution.failing)
  }
  const { assessment, because } = solution
  const why =
    because === 'small'
      ? `the complete graph, since there are no more than 30 members${doubts(assessment)}`
      : `the smallest even degree that meets PROTOCOL.md section 5 ${under}`
  return resolved('auto', why, assessment)
}

function doubts({ conditions }: DegreeAssessment): string {
  const failing = conditions.filter(condition => !condition.holds)
  if (failing.length === 0) return ''
  const which = failing.map(({ number }) => number).join(' and ')
  return `; PROTOCOL.md section 5, condition${failing.length > 1 ? 's' : ''} ${which}, not met`
}

function resolved(chosenBy: ResolvedDegree['chosenBy'], why: string, assessment: DegreeAssessment): ResolvedDegree {
  return { degree: assessment.degree, neighbours: assessment.neighbours, chosenBy, why, assessment }
}

function percent(fraction: number): string {
  return `${Number((100 * fraction).toPrecision(4))} %`
}
