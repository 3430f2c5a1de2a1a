// Operations on the meters of a host, and its reports of them.
import type { MeterId, ObisCode, Slot } from '@hushgrid/primitives'
import type { Stall } from './event-loop-lag.ts'

/** A household's reading of a slot in the given lanes, Wh; undefined where there is none. */
export type HouseholdReading = (household: number, slot: Slot, lanes: readonly ObisCode[]) => readonly number[] | undefined

/** Phases that a meter goes through before the first slot. */
export type StartPhase = 'enrol' | 'dial' | 'agree'

/** Resources and events that a host has counted so far. */
export interface HostSample {
  /** CPU time of the process, ms. */
  readonly cpuMs: number
  /** Bytes written to sockets. */
  readonly bytes: number
  /** Resident set size of the process, bytes. */
  readonly rss: number
  readonly keyAgreements: number
  /** Key agreements by household. */
  readonly agreementsOf: Readonly<Record<number, number>>
  readonly credentialChecks: number
  readonly submissionBytes: number
  readonly submissions: number
  /** Number of meters that have checked the signature on a total, by recent slot. */
  readonly verified: Readonly<Record<number, number>>
  readonly drops: Readonly<Record<string, number>>
  /** Times since the sample before in which the process's event loop was late. */
  readonly stalls: readonly Stall[]
}

/** Operation on the meters of a host during a run. */
export type HostOperation =
  | { readonly do: 'join'; readonly household: number }
  | { readonly do: 'leave'; readonly household: number }
  /** Stops a meter; with `after`, once it has done that deed in a slot that has ended. */
  | { readonly do: 'crash'; readonly household: number; readonly after?: 'submission' | 'request' }
  | { readonly do: 'restart'; readonly household: number; readonly journal: 'intact' | 'lost' }
  /** Cuts connections: a named household loses those listed for it, every other household those to `others`. */
  | { readonly do: 'block'; readonly blocked: ReadonlyMap<number, readonly MeterId[]>; readonly others: readonly MeterId[] }
  | { readonly do: 'skew'; readonly offsets: readonly (readonly [household: number, ms: number])[] }

/** Takes events of a host's meters, for the lab's report. */
export interface HostReport {
  /** Notes that a meter has gone through a step of its start. */
  progress?(phase: StartPhase): void
  warn(message: string): void
  fail(cause: unknown): void
  /** Notes that a meter has its keys. */
  identity(household: number, id: MeterId): void
  /** Notes that a request for recovery was refused or disputed. */
  refused(household: number, slot: Slot, reason: string): void
  disputed(household: number, slot: Slot): void
  /** Notes that masks were released. */
  gaveMasks?(household: number, slot: Slot): void
  /** Notes that a meter holds two requests for a slot that must not both exist. */
  caught?(household: number, slot: Slot, what: string): void
}
