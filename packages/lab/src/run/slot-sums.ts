// Published sums of a slot beside the true ones, which only the lab knows.
import { publishedSums, type SlotSums } from '@hushgrid/primitives'
import type { Network } from '@hushgrid/topology'
import type { FillableLanes } from '../meters/readings.ts'
import type { LaneValues } from '../neighbourhood/events.ts'

/** Adds the network's lanes that the roster leaves out, with the count of present households that can fill each. */
export function withLeftOut(
  sums: SlotSums,
  { lanes }: Pick<Network, 'lanes'>,
  present: readonly number[],
  fillable: FillableLanes
): SlotSums {
  const able = (lane: (typeof lanes)[number]['obis']): number =>
    present.filter(household => fillable(household, [lane]).includes(lane)).length
  return Object.fromEntries(
    lanes.map(({ obis, support }) => [obis, sums[obis] ?? { able: able(obis), of: present.length, needed: support }])
  )
}

/** Tells whether each published sum is the true one. */
export function areTrue(sums: SlotSums, expected: Readonly<Record<string, bigint>>): boolean {
  return Object.entries(publishedSums(sums)).every(([lane, sum]) => sum === expected[lane])
}

/** Writes sums as the report has them. */
export function laneValues(sums: Readonly<Record<string, bigint>>): LaneValues {
  return Object.fromEntries(Object.entries(sums).map(([lane, sum]) => [lane, String(sum)]))
}
