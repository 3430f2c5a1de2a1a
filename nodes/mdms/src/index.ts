export * from './bill-workers.ts'
export * from './supplier-node.ts'
export * from './supplier-store.ts'
