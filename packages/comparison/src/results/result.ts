// Measurements of a comparison, run by run: the raw figures that every table and chart is made from.

import type { LoadVerdict, RoleCost, RoleName } from '@hushgrid/lab'
import type { Withheld } from '@hushgrid/primitives'

/** Events while a slot's costs were measured. */
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
  /** Start of the slot, ISO 8601 in UTC. */
  readonly start: string
  readonly phase: SlotPhase
  /** Number of readings in the total; for a lost slot, of submissions that came. */
  readonly submitted: number
  readonly missing: number
  /** Number of missing members without whom a total was recovered. */
  readonly recovered: number
  readonly lost: boolean
  /** Reason of the loss in the contender's words; left out in older files. */
  readonly reason?: string | undefined
  /** True where it was lost because the machine was late, and not by the contender; left out in older files. */
  readonly busy?: boolean | undefined
  /** Longest lateness of an event loop while it was collected, over all roles, real ms; left out in older files. */
  readonly lagMs?: number | undefined
  /** True where the total equals the sum of its contributors' readings. */
  readonly exact: boolean
  /** Lanes that the total does not have, by OBIS code, since too few of its members can fill them; left out where it has all. */
  readonly withheld?: Readonly<Record<string, Withheld>> | undefined
  /** Real ms from the slot's deadline to the total where it ends up; below zero where it came before. null: lost. */
  readonly latencyMs: number | null
  /** Real ms from the slot's end to the total. */
  readonly sinceEndMs: number | null
  /** The same by the protocol's clock, in units, sixteenths of a slot, and in message rounds; left out by older comparisons. */
  readonly protocolMs?: number | null | undefined
  readonly units?: number | null | undefined
  readonly rounds?: number | null | undefined
  readonly roles: Readonly<Partial<Record<RoleName, RoleCost>>>
}

/** Cost of a change of membership beyond the steady slots' median, over the slots in which it showed, for all roles. */
export interface ComparedChange {
  readonly kind: 'join' | 'leave' | 'crash'
  /** Real ms from the operation until the meter is taken in or let go; null for a crash, which nobody waits for. */
  readonly ms: number | null
  readonly extraCpuMs: number
  readonly extraBytes: number
  readonly extraMessages: number
  readonly extraPayload: number
  /** Number of new key agreements of all meters; null where there are none in this mode. */
  readonly keyAgreements: number | null
  /** Number of slots that the contender lost meanwhile. */
  readonly lostSlots: number
}

/** One neighbourhood, from its first node to its last. */
export interface ComparedRun {
  /** The contender's name. */
  readonly mode: string
  /** Length of the Paillier key or of a scheme's modulus; null where there is none. */
  readonly bits: number | null
  /** Number of meters. */
  readonly n: number
  /** Number of a meter's mask neighbours; null where there are no masks. */
  readonly degree: number | null
  /** Number of the run among those of its combination, from 0. */
  readonly repeat: number
  readonly slotSeconds: number
  /** Real length of a slot, ms. */
  readonly slotMs: number
  /** Number of slots at the start that warm the compiler up; they are not in `slots`. */
  readonly warmUpSlots: number
  readonly slots: readonly ComparedSlot[]
  /** Costs from the first process to the moment at which the first slot could begin. */
  readonly setup: { readonly ms: number; readonly roles: Readonly<Partial<Record<RoleName, RoleCost>>> }
  readonly changes: readonly ComparedChange[]
  /** Peak resident set size of each role's process, bytes. That of `meter` is for all meters. */
  readonly peakRssBytes: Readonly<Partial<Record<RoleName, number>>>
  /** Number of messages dropped where readings are collected, by reason. */
  readonly drops: Readonly<Record<string, number>>
  /** Load of the machine meanwhile, and the verdict on it; left out in older files. */
  readonly load?: LoadVerdict | undefined
  /** Number of disturbed runs of it that this one replaces; left out where there were none. */
  readonly replaces?: number | undefined
}

/** `results.json`. */
export interface ComparedResults {
  readonly format: 'hushgrid-compare/1'
  /** Command that repeats the comparison exactly. */
  readonly command: string
  /** Start of the comparison, ISO 8601 in UTC. */
  readonly started: string
  readonly ended: string
  readonly seed: string
  /** Source of the readings. */
  readonly readings: string
  /** OBIS codes of a reading's lanes. */
  readonly lanes: readonly string[]
  /** Name of the churn scenario; null where there was none. */
  readonly churn: string | null
  readonly runs: readonly ComparedRun[]
  /** Planned runs that are not there, each with the reason where it failed; left out where all are. */
  readonly missing?: readonly { readonly run: string; readonly failed?: string | undefined }[] | undefined
}
