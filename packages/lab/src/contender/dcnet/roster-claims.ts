// What run.json says of its network, against the signed rosters.
import type { HeldRoster } from '@hushgrid/dcnet'
import type { LaneTerms, ObisCode } from '@hushgrid/primitives'
import type { RunFile } from '../../report/run-file.ts'
import { type Claim, contradicted } from '../../report/verify/replayed.ts'

/** Lists the claims on the network that the rosters contradict. */
export function rosterClaims(run: RunFile, rosters: readonly HeldRoster[]): string[] {
  const [first] = rosters
  if (!first) return []
  const { roster } = first
  const { members, degree, canFill, network } = run.configuration
  const claims: Claim[] = [
    ...rosters.map(({ roster: { aggregatorKey } }): Claim => ['keys.aggregator', run.keys.aggregator, aggregatorKey]),
    ['configuration.members', members, roster.n],
    // Virtual time alone tells the degree, and a live run alone the homes by lane.
    ...(degree === undefined ? [] : [['configuration.degree', degree, roster.degree] as const]),
    ...(canFill === undefined ? [] : [['configuration.canFill', canFill, homesByLane(first, network.lanes)] as const]),
    ['configuration.network.members', network.members, roster.n],
    ['configuration.network.recovery', network.recovery, roster.mode],
    ['configuration.network.minMembers', network.minMembers, roster.minMembers],
    ...roster.lanes.map((lane): Claim => {
      const says = network.lanes.find(({ obis }) => obis === lane.obis)
      return [`configuration.network.lanes of ${lane.obis}`, says && termsOf(says), termsOf(lane)]
    })
  ]
  return contradicted(claims, 'the signed roster has')
}

function termsOf({ support, maxReading }: RunFile['configuration']['network']['lanes'][number] | LaneTerms) {
  return { support, maxReading }
}

/** Counts the members whose credentials say that they can fill each lane, those included that the roster leaves out. */
function homesByLane({ roster, leftOut }: HeldRoster, lanes: RunFile['configuration']['network']['lanes']) {
  const places = new Map(roster.lanes.map(({ obis }, place) => [obis, place]))
  const fills = (index: number, obis: ObisCode): boolean => {
    const place = places.get(obis)
    return place === undefined ? (leftOut[index]?.some(lane => lane.obis === obis) ?? false) : roster.canFill(index, place)
  }
  const indices = Array.from({ length: roster.n }, (_, index) => index)
  return Object.fromEntries(lanes.map(({ obis }) => [obis, indices.filter(index => fills(index, obis)).length]))
}
