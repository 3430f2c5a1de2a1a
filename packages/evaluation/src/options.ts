/**
 * What a command needs to read its options, without the nodes: `@hushgrid/evaluation/options`.
 *
 * @packageDocumentation
 */

export { EXHIBIT_NAMES, type ExhibitName } from './exhibits/names.ts'
export { EVALUATION_DEFAULTS, SWEPT, type Swept } from './file/defaults.ts'
