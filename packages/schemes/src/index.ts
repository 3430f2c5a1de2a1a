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

export { type Announcement, agreementKey, sealAnnouncement } from './driver/announcement.ts'
export { CostLedger, type SchemeCounts } from './driver/counts.ts'
export type { KeptScheme, SchemeConfig, SchemeInput, SchemeOutput, SchemeState, SendOutput } from './driver/machine-state.ts'
export { createScheme, stepScheme } from './driver/round-machine.ts'
export { trimmedSchemeJournal } from './driver/scheme-journal.ts'
export { checkSchemeFile, type SchemeFinding } from './known-answers/check.ts'
export { parseSchemeFile } from './known-answers/format.ts'
export { type Group, type Outcome, type RoleName, role, type Scheme, type Turn } from './scheme.ts'
export { SCHEMES, type SchemeName } from './schemes/registered.ts'
