// Published sums of a slot beside the true ones, which only the lab knows.
import { publishedSums, type SlotSums, type Withheld } from '@hushgrid/primitives'
import type { Network } from '@hushgrid/topology'
import type { FillableLanes } from '../meters/readings.ts'
import type { LaneValues } from '../neighbourhood/events.ts'

/** Gives the lanes that too few of some households can fill. */
export function unsupportedLanes(
  { lanes }: Pick<Network, 'lanes'>,
  households: readonly number[],
  fillable: FillableLanes
): Readonly<Record<string, Withheld>> {
  const counts = lanes.map(lane => [lane.obis, countOf(lane, households, fillable)] as const)
  return Object.fromEntries(counts.filter(([, { able, needed }]) => able < needed))
}

function countOf({ obis, support }: Network['lanes'][number], households: readonly number[], fillable: FillableLanes): Withheld {
  const able = households.filter(household => fillable(household, [obis]).includes(obis)).length
  return { able, of: households.length, needed: support }
}

/** Tells whether each published sum is the true one. */
export function areTrue(sums: SlotSums, expected: Readonly<Record<string, bigint>>): boolean {
  return Object.entries(publishedSums(sums)).every(([lane, sum]) => sum === expected[lane])
}

/** Writes sums as the report has them. */
export function laneValues(sums: Readonly<Record<string, bigint>>): LaneValues {
  return Object.fromEntries(Object.entries(sums).map(([lane, sum]) => [lane, String(sum)]))
}
