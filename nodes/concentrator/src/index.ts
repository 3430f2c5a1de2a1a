export { type ConcentratorNode, startConcentrator } from './concentrator/node.ts'
export { ConcentratorStore } from './concentrator/store.ts'
export { type PesNode, startPes } from './pes/node.ts'
export { PesStore } from './pes/store.ts'
