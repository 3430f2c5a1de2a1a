/**
 * The path by data concentrator and privacy enhancing system: `concentrator/` collects encrypted readings
 * (`pnpm node:concentrator`), `pes/` adds them up under the supplier's Paillier key (`pnpm node:pes`, or beside the
 * concentrator in one process).
 *
 * @packageDocumentation
 */

export { type ConcentratorNode, startConcentrator } from './concentrator/node.ts'
export { ConcentratorStore } from './concentrator/store.ts'
export { type PesNode, startPes } from './pes/node.ts'
export { PesStore } from './pes/store.ts'
