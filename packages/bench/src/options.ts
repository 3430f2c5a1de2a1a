/**
 * What a command needs to read its options, without what is measured: `@hushgrid/bench/options`.
 *
 * @packageDocumentation
 */

export { PARTS } from './parts/names.ts'
export { DEFAULT_SEED } from './seed.ts'
