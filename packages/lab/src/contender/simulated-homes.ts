import { metersOf } from '@hushgrid/scenarios'
import type { NeighbourhoodOptions as SimulatedNetwork } from '@hushgrid/simulator'
import { laneCodes } from '@hushgrid/topology'
import { homeLanes } from '../meters/readings.ts'
import type { SimulatedOrder } from './contender.ts'

/**
 * Facts of the neighbourhood that a run in virtual time has: a home can fill what it can in a live run of the same seed.
 */
export function homesOf({ network, seed, operations }: Pick<SimulatedOrder, 'network' | 'seed' | 'operations'>): SimulatedNetwork {
  return { ...network, lanes: laneCodes(network), seed, lanesOf: homeLanes(network, metersOf(operations, network.members), seed) }
}
