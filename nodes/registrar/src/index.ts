export * from './registrar-node.ts'
export * from './registrar-store.ts'
