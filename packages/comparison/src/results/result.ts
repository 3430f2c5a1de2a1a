// What a comparison measured, run by run: the raw figures that every table and chart is made from.

import type { RoleCost, RoleName } from '@hushgrid/lab'

/** What happened while a slot's costs were measured. */
export type SlotPhase =
  /** Nothing but readings. */
  | 'steady'
  /** A meter joined, left or crashed, in this slot or one of the two before. */
  | 'join'
  | 'leave'
  | 'crash'
  /** The churn trace goes on. */
  | 'churn'

/** One slot; its costs are those from the deadline before to its own. */
export interface ComparedSlot {
  /** Start, ISO 8601 in UTC. */
  readonly start: string
  readonly phase: SlotPhase
  /** Readings in the total; of a lost slot, submissions that came. */
  readonly submitted: number
  readonly missing: number
  /** Missing members without whom there is a total all the same. */
  readonly recovered: number
  readonly lost: boolean
  /** The total equals the sum of its contributors' readings. */
  readonly exact: boolean
  /** Real ms from the slot's deadline to the total where it ends up; below zero where it came before. null: lost. */
  readonly latencyMs: number | null
  /** Real ms from the slot's end to the total. */
  readonly sinceEndMs: number | null
  readonly roles: Readonly<Partial<Record<RoleName, RoleCost>>>
}

/** What a change of membership cost beyond the steady slots' median, over the slots in which it showed; all roles together. */
export interface ComparedChange {
  readonly kind: 'join' | 'leave' | 'crash'
  /** Real ms from the operation to its end: taken in, let go. null for a crash, which nobody waits for. */
  readonly ms: number | null
  readonly extraCpuMs: number
  readonly extraBytes: number
  readonly extraMessages: number
  readonly extraPayload: number
  /** New key agreements of all meters; null where there are none in this mode. */
  readonly keyAgreements: number | null
  readonly lostSlots: number
}

/** One neighbourhood, from its first node to its last. */
export interface ComparedRun {
  /** The contender's name. */
  readonly mode: string
  /** Of the Paillier key; null where there is none. */
  readonly bits: number | null
  /** Meters. */
  readonly n: number
  /** Mask neighbours of a meter; null where there are no masks. */
  readonly degree: number | null
  /** From 0; runs of the same combination. */
  readonly repeat: number
  readonly slotSeconds: number
  /** Real length of a slot, ms. */
  readonly slotMs: number
  /** Slots at the start that warm the compiler up; they are not in `slots`. */
  readonly warmUpSlots: number
  readonly slots: readonly ComparedSlot[]
  /** From the first process to the moment when the first slot could begin. */
  readonly setup: { readonly ms: number; readonly roles: Readonly<Partial<Record<RoleName, RoleCost>>> }
  readonly changes: readonly ComparedChange[]
  /** Peak resident set size of each role's process, bytes. That of `meter` is for all meters. */
  readonly peakRssBytes: Readonly<Partial<Record<RoleName, number>>>
  /** Messages dropped where readings are collected, by reason. */
  readonly drops: Readonly<Record<string, number>>
}

/** `results.json`. */
export interface ComparedResults {
  readonly format: 'hushgrid-compare/1'
  /** The exact command that repeats it. */
  readonly command: string
  /** ISO 8601, UTC. */
  readonly started: string
  readonly ended: string
  readonly seed: string
  /** What was read. */
  readonly readings: string
  /** OBIS codes of a reading's lanes. */
  readonly lanes: readonly string[]
  /** Name of the churn scenario; null where there was none. */
  readonly churn: string | null
  readonly runs: readonly ComparedRun[]
}
