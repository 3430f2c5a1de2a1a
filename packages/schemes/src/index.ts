/**
 * Aggregation schemes of the literature as pure rounds behind one interface, attacks on them, and the driver that runs a role.
 *
 * ```ts
 * import { SCHEMES } from '@hushgrid/schemes'
 *
 * const { facts } = SCHEMES['joye-libert']({ bits: 3072 })
 * console.log(facts.title, facts.strength, facts.messages(50)) // Joye and Libert 128 50
 * ```
 *
 * @packageDocumentation
 */

export { dilution } from './arithmetic/discrete-laplace.ts'
export type { Attack, AttackResult } from './attacks/attack.ts'
export { ATTACKS } from './attacks/registered.ts'
export { attackScene } from './attacks/scene.ts'
export { type Announcement, agreementKey, everybody, isOwnKey } from './driver/announcement.ts'
export { CostLedger, type SchemeCounts } from './driver/counts.ts'
export type { KeptScheme, SchemeConfig, SchemeInput, SchemeOutput, SchemeState, SendOutput } from './driver/machine-state.ts'
export { phaseTimes } from './driver/phase-times.ts'
export { createScheme, stepScheme } from './driver/round-machine.ts'
export { trimmedSchemeJournal } from './driver/scheme-journal.ts'
export { checkLanes } from './facts.ts'
export { checkSchemeFile } from './known-answers/check.ts'
export type { SchemeFinding } from './known-answers/findings.ts'
export { parseSchemeFile } from './known-answers/format.ts'
export { type Decision, missingIn, SchemeRegistrar } from './registration/scheme-registrar.ts'
export {
  decodeStanding,
  decodeWelcome,
  decodeWord,
  encodeStanding,
  encodeWelcome,
  encodeWord,
  MAX_SCHEME_WORD,
  type Word
} from './registration/words.ts'
export { broadcastTo, type Group, type Outcome, ROLES, type RoleName, role, type Scheme, type Turn } from './scheme.ts'
export { SCHEMES, type SchemeName } from './schemes/registered.ts'
export { viewsOf } from './views.ts'
