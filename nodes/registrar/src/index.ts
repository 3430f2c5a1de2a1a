export { type RegistrarNode, startRegistrar } from './node.ts'
export { RegistrarStore } from './store.ts'
