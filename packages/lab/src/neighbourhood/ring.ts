import type { Roster } from '@hushgrid/dcnet'
import type { MeterId } from '@hushgrid/primitives'

/** Members as a lab knows them: with the numbers of households. */
export interface LabRing {
  readonly epoch: number
  /** Number of a meter's mask neighbours; 0 where there are no masks. */
  readonly degree: number
  /** Meters in ring order. */
  readonly meters: readonly { readonly household: number; readonly id: MeterId; readonly absent: boolean }[]
  /** Pairs of households that share a mask, each once; absent members are in none. */
  readonly edges: readonly (readonly [number, number])[]
}

/** Gives the ring of a roster. */
export function ringOf(roster: Roster, households: ReadonlyMap<MeterId, number>): LabRing {
  const household = (index: number): number => households.get(roster.meterId(index)) ?? -1
  const numbers = Array.from({ length: roster.n }, (_, index) => household(index))
  const edges: [number, number][] = []
  for (let index = 0; index < roster.n; index++) {
    if (roster.isAbsent(index)) continue
    for (const neighbour of roster.neighbours(index)) {
      if (neighbour > index && !roster.isAbsent(neighbour)) edges.push([numbers[index] ?? -1, numbers[neighbour] ?? -1])
    }
  }
  const meters = Array.from(roster.ring, index => ({
    household: numbers[index] ?? -1,
    id: roster.meterId(index),
    absent: roster.isAbsent(index)
  }))
  return { epoch: roster.epoch, degree: roster.neighbourCount, meters, edges }
}
