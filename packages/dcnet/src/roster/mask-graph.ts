import { type MaskGraph, neighbourPositions } from '@hushgrid/topology'
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
