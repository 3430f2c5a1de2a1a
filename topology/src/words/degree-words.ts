// Degrees, and the conditions that they meet, in words, for a terminal.
import { counted, tableLines, unitOf, wrapped } from '@hushgrid/primitives'
import type { Network } from '../network/network.ts'
import type { DegreeAssessment, DegreeCondition, DegreeSolution } from '../ring/degree.ts'
import type { ResolvedDegree } from '../ring/resolve-degree.ts'
import { boundText, metersText } from './figure-text.ts'

const WHY = {
  small: 'the complete graph, as always up to 30 members',
  smallest: 'the smallest even degree that meets every condition'
} as const

/** The conditions of PROTOCOL.md section 5 for a terminal, aligned. */
function conditionLines(conditions: readonly DegreeCondition[]): string[] {
  const bound = ({ log2, limit }: DegreeCondition) => `chance of failure at most ${boundText(log2)}, allowed 2^${limit}`
  return tableLines(conditions.map(each => [`condition ${each.number}`, each.holds ? 'holds' : 'FAILS', bound(each), each.failure]))
}

/** A network and the degree it comes to. */
export function networkLines(network: Network, resolved: ResolvedDegree): string[] {
  const { degree, neighbours, why, assessment } = resolved
  return [
    ...tableLines([
      ['network', network.name],
      ['slots', `${network.slotSeconds} s; changes ${changesText(network)}, a season is ${counted(network.seasonSlots, 'slot')}`],
      ...network.lanes.map(({ obis, maxReading, support }) => [
        `lane ${obis}`,
        `at most ${maxReading} ${unitOf(obis)} a home; published where ${support} or more can fill it`
      ]),
      ['members', `${network.members} to start with, never fewer than ${network.minMembers}`],
      ['recovery', network.recovery],
      ['degree', `${degree} (${neighbours} mask neighbours each): ${why}`]
    ]),
    ...assessmentLines(assessment)
  ]
}

function changesText({ changeSlots }: Network): string {
  return changeSlots === 1 ? 'with any slot' : `with every slot that ${changeSlots} divides`
}

function assessmentLines({ conditions, wholeSums, neighbours }: DegreeAssessment): string[] {
  const lines = conditionLines(conditions)
  if (!wholeSums) return lines
  const { tolerated, expected } = wholeSums
  const bound = tolerated < 0 ? 'never' : `while at most ${tolerated} of a meter's ${neighbours} neighbours collude`
  return [
    ...lines,
    ...wrapped(`minMembers and support hold against the aggregator too ${bound}; expect ${metersText(expected)} meters with more`)
  ]
}

function lossesText({ colluding, missing, absent, cuts }: DegreeAssessment): string {
  const beside = [...(absent > 0 ? [`${absent} absent`] : []), ...(cuts > 0 ? [`${counted(cuts, 'pair')} cut`] : [])]
  return [`${colluding} colluding`, `${missing} missing`, ...beside].join(', ')
}

/**
 * A degree and the conditions that it meets.
 *
 * @param solution - where the degree was sought, not asked for
 */
export function degreeLines(assessment: DegreeAssessment, solution: DegreeSolution | undefined): string[] {
  const why = !solution ? 'as asked' : solution.found ? WHY[solution.because] : `none up to ${solution.triedUpTo} will do; its figures`
  const title = solution && !solution.found ? 'none' : `${assessment.degree}`
  const rows = [
    ['degree', `${title} (${why})`],
    ['members', `${assessment.members}: ${lossesText(assessment)}, recovery ${assessment.recovery}`],
    ['mask neighbours', `${assessment.neighbours} each${assessment.complete ? ', the complete graph' : ''}`]
  ]
  return [...tableLines(rows), ...assessmentLines(assessment)]
}
