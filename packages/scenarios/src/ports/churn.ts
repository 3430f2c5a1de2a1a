/** Moments of a slot at which a meter's process can be made to end. */
export const CRASH_PHASES = ['before-submitting', 'after-submitting', 'while-releasing'] as const
export type CrashPhase = (typeof CRASH_PHASES)[number]

/** States in which a meter finds its journal when it starts again. */
export const JOURNAL_STATES = ['intact', 'lost', 'rolled-back'] as const
export type JournalState = (typeof JOURNAL_STATES)[number]

/** Parties beside the meters that can be stopped and started. */
export type Role = 'aggregator' | 'registrar'

/** Meter by its number in the scenario, or a role. */
export type KnownParty = number | Role

/** Parties that attack. */
export const ATTACKERS = ['aggregator', 'registrar', 'members'] as const
export type Attacker = (typeof ATTACKERS)[number]
