export * from './concentrator-node.ts'
export * from './concentrator-store.ts'
export * from './pes-node.ts'
export * from './pes-store.ts'
