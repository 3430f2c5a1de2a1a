/**
 * Aggregation schemes of the literature as pure rounds behind one interface, and the driver that runs them in memory.
 *
 * ```ts
 * import { checkSchemeFile, parseSchemeFile } from '@hushgrid/schemes'
 *
 * const file = parseSchemeFile('{}', 'answers.json')
 * if (file) for (const { name, failures } of checkSchemeFile(file)) console.log(name, failures)
 * ```
 *
 * @packageDocumentation
 */

export { checkSchemeFile } from './known-answers/check.ts'
export type { SchemeFinding } from './known-answers/findings.ts'
export { parseSchemeFile } from './known-answers/format.ts'
