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

export { type Announcement, agreementKey, sealAnnouncement } from './announcement.ts'
export { CostLedger, type SchemeCounts } from './counts.ts'
export { checkSchemeFile, type SchemeFinding } from './known-answers/check.ts'
export { parseSchemeFile } from './known-answers/format.ts'
export type { KeptScheme, SchemeConfig, SchemeInput, SchemeOutput, SchemeState, SendOutput } from './machine-state.ts'
export { createScheme, stepScheme } from './round-machine.ts'
export { type Group, type Outcome, type RoleName, role, type Scheme, type Turn } from './scheme.ts'
export { trimmedSchemeJournal } from './scheme-journal.ts'
export { SCHEMES, type SchemeName } from './schemes/registered.ts'
