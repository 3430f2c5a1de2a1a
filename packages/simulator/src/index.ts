/**
 * The DC-net's machines under virtual time, in memory: a neighbourhood of any size on a network whose latencies and losses
 * come from a seed. A run takes seconds, and the same facts, plan and seed give the same result. Operations and attacks of
 * `@hushgrid/scenarios` act on it through the port in `attacks/`. The path by concentrator and PES, and the schemes of the
 * literature, run in the same way; operations act on them too, attacks on the DC-net alone.
 *
 * @example
 * ```ts
 * import { simulate } from '@hushgrid/simulator'
 *
 * const facts = { members: 20, degree: 6, seed: 'example' } as const
 * const plan = [{ at: 1, do: 'crash', meter: 4, phase: 'before-submitting' }] as const
 * const { slots, violations } = simulate(facts, plan, { slots: 3 })
 * console.log(slots.map(slot => `${slot.submitted} submitted, ${slot.result}`), violations)
 * // [ '20 submitted, total', '19 submitted, total', '19 submitted, total' ] []
 * ```
 *
 * @packageDocumentation
 */

export { envelopeIn } from './attacks/simulated-target.ts'
export { BULK_PARTS, type BulkDayConfig, type BulkDayResult, type BulkPart, bulkDay } from './bulk/bulk-day.ts'
export { KEPT_SCHEME_RECORDS } from './machines/scheme-node.ts'
export { applyChurn } from './neighbourhood/churn-target.ts'
export type { NeighbourhoodOptions } from './neighbourhood/config.ts'
export type { PesKeys } from './neighbourhood/pes-nodes.ts'
export { simulatePes } from './neighbourhood/run-pes.ts'
export { applyPlan, type SimulationResult, simulate } from './neighbourhood/run-scenario.ts'
export { SimulatedNeighbourhood } from './neighbourhood/simulated-neighbourhood.ts'
export { SimulatedPes } from './neighbourhood/simulated-pes.ts'
export { SimulatedScheme } from './neighbourhood/simulated-scheme.ts'
export { syntheticReadings } from './neighbourhood/synthetic-readings.ts'
export type { Message, PeerNumber } from './network/virtual-delivery.ts'
export type { VirtualNetwork } from './network/virtual-network.ts'
export type { Gauge } from './record/gauge.ts'
