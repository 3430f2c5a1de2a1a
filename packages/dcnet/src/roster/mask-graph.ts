import { type LaneVector, zeroLanes } from '@hushgrid/primitives'
import { type MaskGraph, neighbourPositions, openLanes } from '@hushgrid/topology'
import type { Roster } from './roster.ts'

const graphs = new WeakMap<Roster, MaskGraph>()

/** Gives the mask graph of a roster's members by position (PROTOCOL.md section 4), made once for each roster. */
export function maskGraphOf(roster: Roster): MaskGraph {
  let graph = graphs.get(roster)
  if (!graph) {
    graph = {
      size: roster.n,
      neighbours: neighboursOf(roster),
      present: i => !roster.isAbsent(i),
      cut: (i, j) => roster.isCut(i, j),
      minMembers: roster.minMembers,
      lanes: roster.lanes.map(({ support }, lane) => ({ support, canFill: i => roster.canFill(i, lane) }))
    }
    graphs.set(roster, graph)
  }
  return graph
}

/** Lists the ring neighbours of every member, in one walk of the ring. */
function neighboursOf({ ring, n, degree }: Roster): number[][] {
  const neighbours: number[][] = Array.from({ length: n }, () => [])
  ring.forEach((index, position) => {
    neighbours[index] = neighbourPositions(position, n, degree)
      .map(p => ring[p] as number)
      .sort((a, b) => a - b)
  })
  return neighbours
}

/** Sets of missing members whose lanes are remembered for a roster: all meters of a process ask for the same one. */
const KEPT_SETS = 16
const openByRoster = new WeakMap<Roster, Map<string, readonly number[] | undefined>>()

/**
 * L(M), the lanes that releases and totals carry where M is missing, by position (PROTOCOL.md section 7).
 *
 * @param missing - positions in M
 * @returns undefined where M is refused by all
 */
export function openLanesOf(roster: Roster, missing: ReadonlySet<number>): readonly number[] | undefined {
  const known = openByRoster.get(roster) ?? new Map<string, readonly number[] | undefined>()
  openByRoster.set(roster, known)
  const name = [...missing].sort((a, b) => a - b).join()
  if (!known.has(name)) {
    known.set(name, openLanes(maskGraphOf(roster), missing))
    const [oldest] = known.keys()
    if (known.size > KEPT_SETS && oldest !== undefined) known.delete(oldest)
  }
  return known.get(name)
}

/** Spreads lanes by position over a vector of so many, zero elsewhere. */
export function spreadLanes(lanes: LaneVector, positions: readonly number[], count: number): LaneVector {
  const spread = zeroLanes(count)
  positions.forEach((position, i) => {
    spread[position] = lanes[i] as bigint
  })
  return spread
}

/** Picks lanes out of a vector, by position and in this order. */
export function pickLanes(lanes: LaneVector, positions: readonly number[]): LaneVector {
  const picked = zeroLanes(positions.length)
  positions.forEach((position, i) => {
    picked[i] = lanes[position] as bigint
  })
  return picked
}
