/**
 * The registrar, `pnpm node:registrar`: it enrols meters, signs the rosters that say who masks with whom, and sees no
 * reading. `command.ts` is its program, `node.ts` the libp2p node, `store.ts` its data directory.
 *
 * @packageDocumentation
 */

export { type RegistrarNode, startRegistrar } from './node.ts'
export { RegistrarStore } from './store.ts'
