/**
 * Who masks with whom: the ring and its mask graph, the degree that a network needs, what colluders would learn, and
 * network files. Network and scenario files themselves lie beside the source.
 *
 * ```ts
 * import { exposureSentence, exposureSummary, neighbourPositions, parseNetwork, resolveDegree } from '@hushgrid/topology'
 *
 * const network = parseNetwork('name: street\nmembers: 50\n', 'street.yaml')
 * const { degree, why } = resolveDegree(network, network.members)
 * console.log(degree, why) // 14 'the smallest even degree that meets …'
 * console.log(neighbourPositions(0, network.members, degree)) // [1, 2, 3, 4, 5, 6, 7, 43, …]
 * const { recovery, collusion } = network
 * console.log(exposureSentence(exposureSummary({ members: 50, degree: 2, collusion, recovery })))
 * ```
 *
 * @packageDocumentation
 */

export { type CliffSummary, cliffSummary } from './exposure/cliff.ts'
export { exposureSummary } from './exposure/exposure.ts'
export { changeNetwork, laneCodes, type Network, type NetworkChanges } from './network/network.ts'
export { parseNetwork } from './network/network-file.ts'
export {
  DEFAULT_FRACTION,
  DEFAULT_MIN_MEMBERS,
  EXPECTED,
  expectedAt,
  LANE_KEYS,
  misfits,
  type NetworkFields,
  networkFields,
  networkJsonSchema
} from './network/network-schema.ts'
export { assessDegree, solveDegree } from './ring/degree.ts'
export { closeMissing, components, isSupported, type MaskGraph, openLanes, remaining } from './ring/mask-graph.ts'
export {
  colludersInWholeSums,
  colludersTolerated,
  HONEST_IN_SUM,
  hasPrivateMasks,
  isAsStrong,
  neighboursNeeded,
  oneOf,
  RECOVERY_MODES,
  type RecoveryMode,
  releaseThreshold,
  shareThreshold
} from './ring/recovery.ts'
export { resolveDegree } from './ring/resolve-degree.ts'
export {
  checkDegree,
  completeDegree,
  maskNeighbourCount,
  neighbourPositions,
  ringOrderPacked
} from './ring/ring.ts'
export { cliffLines } from './words/cliff-words.ts'
export { degreeLines, networkLines } from './words/degree-words.ts'
export { exposureLines, exposureSentence } from './words/exposure-words.ts'
