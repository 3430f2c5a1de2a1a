export { type RegistrarNode, startRegistrar } from './registrar-node.ts'
export { RegistrarStore } from './registrar-store.ts'
