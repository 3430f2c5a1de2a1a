export * from './meter-node.ts'
export * from './meter-store.ts'
export * from './readings-file.ts'
