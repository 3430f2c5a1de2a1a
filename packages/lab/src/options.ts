/**
 * What a command needs to read its options, without the nodes: `@hushgrid/lab/options` loads in no time, and the rest of
 * the lab in a second.
 *
 * @packageDocumentation
 */

export { CONTENDER_NAMES, LAB_MODES, LAB_VARIANTS } from './contender/names.ts'
export { LAB_DEFAULTS } from './run/defaults.ts'
