/**
 * What a command needs to read its options, without the nodes: `@hushgrid/comparison/options`.
 *
 * @packageDocumentation
 */

export { COMPARED_MODES } from './contender-names.ts'
export { MILLION_READINGS } from './million/plan.ts'
export { COMPARISON_DEFAULTS } from './run/defaults.ts'
