export { type ExposureFigure, type ExposureSummary, exposureSummary } from './exposure/exposure.ts'
export { type Network, parseNetwork } from './network/network-file.ts'
export {
  DEFAULT_FRACTION,
  DEFAULT_MIN_MEMBERS,
  EXPECTED,
  misfits,
  type NetworkFields,
  networkFields,
  networkJsonSchema
} from './network/network-schema.ts'
export { assessDegree, type DegreeCondition, solveDegree } from './ring/degree.ts'
export {
  colludersTolerated,
  HONEST_IN_SUM,
  hasPrivateMasks,
  neighboursNeeded,
  oneOf,
  RECOVERY_MODES,
  type RecoveryMode,
  releaseThreshold,
  shareThreshold
} from './ring/recovery.ts'
export { type ResolvedDegree, resolveDegree } from './ring/resolve-degree.ts'
export {
  checkDegree,
  completeDegree,
  maskNeighbourCount,
  neighbourPositions,
  ROSTER_ENTRY,
  ringOrder,
  ringOrderPacked
} from './ring/ring.ts'
