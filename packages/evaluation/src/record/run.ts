// Raw results of an evaluation, a file a run: what every figure and table is made from, and nothing else.
import type { RoleName } from '@hushgrid/schemes'

/** Parameters of a run; runs that differ in `repeat` alone are samples of the same point. */
export interface RunPoint {
  /** Contender's name. */
  readonly contender: string
  /** Virtual time in one process, or libp2p nodes with a process for each role. */
  readonly drive: 'simulated' | 'live'
  /** Number of meters at the start. */
  readonly n: number
  /** Number of a meter's mask neighbours; null where the contender has none. */
  readonly degree: number | null
  /** Bits of the modulus N; null where there is none. */
  readonly bits: number | null
  readonly lanes: number
  /** Fraction of the meters that are missing in a slot, drawn anew for each, 0 <= dropout < 1. */
  readonly dropout: number
  /** Name of a churn scenario that goes on throughout; null where there is none. */
  readonly churn: string | null
  /** γ, the fraction of colluding meters for which `degree: auto` plans; null where the contender has no degree. */
  readonly gamma: number | null
  /** Network model of virtual time: mean delay one way, ms, and fraction of lost messages. Zero on live nodes. */
  readonly delayMs: number
  readonly loss: number
  readonly repeat: number
}

/** Costs of all parties of a role over some time. */
export interface EvaluatedCost {
  /** CPU time of the role's machines, ms; on live nodes that of its process. */
  readonly cpuMs: number
  /** Messages handed to the network, once for each receiver, and taken from it. */
  readonly sentMessages: number
  readonly receivedMessages: number
  /** Bytes of these messages as the transport gets them: body, signature, addresses. */
  readonly sentBytes: number
  readonly receivedBytes: number
  /** Bytes on the wire after Noise and yamux with gossip's own traffic; null in virtual time. */
  readonly sentWire: number | null
  readonly receivedWire: number | null
  /** Operations by kind, where the contender counts them. */
  readonly work?: Readonly<Record<string, number>>
}

export type CostByRole = Readonly<Partial<Record<RoleName, EvaluatedCost>>>

export interface EvaluatedSlot {
  /** Number in the run, from 0, after those that warm up. */
  readonly index: number
  /** What happened in it or in one of the two slots before: nothing but readings, a change, or churn throughout. */
  readonly phase: 'steady' | 'join' | 'leave' | 'crash' | 'churn'
  readonly members: number
  /** Readings in the total; of a lost slot, submissions that came. */
  readonly submitted: number
  readonly missing: number
  /** Members without whom a total was recovered. */
  readonly recovered: number
  readonly outcome: 'total' | 'lost'
  /** Reason of a loss in the contender's words. */
  readonly reason?: string
  /** True where the total came later than the slot's deadline. */
  readonly late: boolean
  /** True where a busy machine lost it, and not the contender. */
  readonly busy: boolean
  /** True where the total is the sum of its contributors' readings; null where it is noisy on purpose, or there is none. */
  readonly exact: boolean | null
  /** Message rounds to the total, and protocol ms from the slot's end to it; null without a total. */
  readonly rounds: number | null
  readonly sinceEndMs: number | null
  /** From the slot's end to the next. */
  readonly roles: CostByRole
}

/** Cost of one change of membership beyond steady slots. */
export interface EvaluatedChange {
  readonly kind: 'join' | 'leave' | 'crash'
  readonly messages: number
  readonly bytes: number
  readonly cpuMs: number
  /** New key agreements of all meters; null where the contender counts none. */
  readonly keyAgreements: number | null
  readonly lostSlots: number
}

/** What one party of a role keeps. */
export interface EvaluatedStorage {
  /** Bytes on disk after a day and after thirty, at the slots' length; extrapolated from the run where it is shorter. */
  readonly dayBytes: number
  readonly monthBytes: number
}

export interface EvaluatedRun {
  readonly format: 'hushgrid-evaluation-run/1'
  readonly point: RunPoint
  /** Seed of readings, keys, waits and missing meters: that of the evaluation with the repeat, the same for all contenders. */
  readonly seed: string
  /** Start and end in real time, ISO 8601 in UTC. */
  readonly started: string
  readonly ended: string
  readonly slotSeconds: number
  readonly warmUpSlots: number
  /** Parties of each role while nothing changed. */
  readonly parties: Readonly<Partial<Record<RoleName, number>>>
  /** From the first party to the moment at which the first slot could begin; `ms` of protocol time, of real time on live nodes. */
  readonly setup: { readonly ms: number | null; readonly roles: CostByRole }
  readonly slots: readonly EvaluatedSlot[]
  readonly changes: readonly EvaluatedChange[]
  readonly storage: Readonly<Partial<Record<RoleName, EvaluatedStorage>>>
  /** Memory of one party of a role, bytes, where it was measured. */
  readonly memory: Readonly<Partial<Record<RoleName, number>>>
  /** Load of the machine meanwhile: true where other programs took so much that times are not to be trusted, and why. */
  readonly disturbed: boolean
  readonly disturbance?: string
  /** Events that must never happen; a run with one is wrong. */
  readonly violations: readonly string[]
}
