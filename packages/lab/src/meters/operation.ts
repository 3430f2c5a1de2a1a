// What befalls the meters of a host, and what a host tells of them.
import type { MeterId, ObisCode, Slot } from '@hushgrid/primitives'

/** A household's reading of a slot in the given lanes, Wh; undefined where there is none. */
export type HouseholdReading = (household: number, slot: Slot, lanes: readonly ObisCode[]) => readonly number[] | undefined

/** Phases that a meter goes through before the first slot. */
export type StartPhase = 'enrol' | 'dial' | 'agree'

/** What a host has used and seen so far. */
export interface HostSample {
  /** CPU time of the process, ms. */
  readonly cpuMs: number
  /** Bytes written to sockets. */
  readonly bytes: number
  /** Resident set size of the process, bytes. */
  readonly rss: number
  readonly keyAgreements: number
  /** The same by household. */
  readonly agreementsOf: Readonly<Record<number, number>>
  readonly credentialChecks: number
  readonly submissionBytes: number
  readonly submissions: number
  /** Per recent slot: how many meters have checked the signature on its total. */
  readonly verified: Readonly<Record<number, number>>
  readonly drops: Readonly<Record<string, number>>
}

/** What befalls a meter of a host while the run goes on. */
export type HostOperation =
  | { readonly do: 'join'; readonly household: number }
  | { readonly do: 'leave'; readonly household: number }
  /** `after` waits for that meter to have done so in a slot that has ended; without it the meter is stopped at once. */
  | { readonly do: 'crash'; readonly household: number; readonly after?: 'submission' | 'request' }
  | { readonly do: 'restart'; readonly household: number; readonly journal: 'intact' | 'lost' }
  /** Cuts connections: a household that is named loses those listed for it, every other household those to `others`. */
  | { readonly do: 'block'; readonly blocked: ReadonlyMap<number, readonly MeterId[]>; readonly others: readonly MeterId[] }
  | { readonly do: 'skew'; readonly offsets: readonly (readonly [household: number, ms: number])[] }

/** Told of what a host's meters do, for the lab's report. */
export interface HostReport {
  progress(phase: StartPhase): void
  warn(message: string): void
  fail(cause: unknown): void
  /** A meter has its keys. */
  identity(household: number, id: MeterId): void
  /** A request for recovery was refused, or a request was disputed. */
  refused(household: number, slot: Slot, reason: string): void
  disputed(household: number, slot: Slot): void
  /** Masks were released. */
  gaveMasks?(household: number, slot: Slot): void
  /** A meter holds two requests for a slot that must not both exist. */
  caught?(household: number, slot: Slot, what: string): void
}
