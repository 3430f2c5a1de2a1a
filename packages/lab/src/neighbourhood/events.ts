// Events of a lab run, for the display, the report and `--json`. No event holds a single reading or a key.

import type { Withheld } from '@hushgrid/primitives'
import type { Happening } from '@hushgrid/scenarios'
import type { LoadVerdict } from '../run/busy-machine.ts'

/** Lane values as decimal strings, by OBIS code. */
export type LaneValues = Readonly<Record<string, string>>

/** One slot as the report has it. */
export interface SlotRow {
  readonly slot: number
  /** Start of the slot, UTC. */
  readonly start: string
  readonly epoch: number
  /** Number of present members of the roster. */
  readonly members: number
  /** Number of its entries, absent members included. */
  readonly entries: number
  readonly submitted: number
  /** Number of present members that are not in the total, or for want of whom the slot was lost. */
  readonly missing: number
  /** Missing members by household. */
  readonly missingMeters: readonly number[]
  /** Number of missing members without whom a total was recovered. */
  readonly recovered: number
  /** Number of mask releases that the aggregator took. */
  readonly releases: number
  /** Meters that refused a request for recovery, by household, with the rule. */
  readonly refused: readonly { readonly by: number; readonly reason: string }[]
  /** Households whose meters disputed. */
  readonly disputed: readonly number[]
  readonly lost: boolean
  /** True where it was lost because the machine was late: no loss of the protocol's. */
  readonly busy: boolean
  /** Households that the loss names. */
  readonly named: readonly number[]
  /** Reason of the loss. */
  readonly reason?: string
  /** True where the published total equals the sum of the contributors' readings. */
  readonly exact: boolean
  /** The published total; null for a lost slot. */
  readonly total: LaneValues | null
  /** Lanes that the total does not have, by OBIS code, since too few of its members can fill them. */
  readonly withheld: Readonly<Record<string, Withheld>>
  /** The true sum over the households that had a reading. */
  readonly expected: LaneValues
  /** Real milliseconds from the slot's deadline to the result; negative where the result came before it. */
  readonly latencyMs: number | null
  /** Real milliseconds from the slot's end to the result. */
  readonly sinceEndMs: number | null
  /** Real length of the slot, ms. */
  readonly slotMs: number
  /** Longest lateness of an event loop from the slot's end to its result, over all processes, real ms. */
  readonly lagMs: number
  /** The same by the protocol's clock, which goes faster in a lab; then in units, sixteenths of a slot. */
  readonly protocolMs: number | null
  readonly units: number | null
  /** Message rounds to the total: submissions, each request with its answers, each hop beyond the collector. */
  readonly rounds: number | null
  /** CPU time of all nodes from the deadline before to this one, ms. */
  readonly cpuMs: number
  /** Bytes that all nodes wrote to sockets in that time. */
  readonly bytes: number
  /** Number of meters that checked the aggregator's signature on the total. */
  readonly verifiedBy: number
}

/** Cost of double masking in a run; `doubleMask` in run.json. */
export interface DoubleMaskFigures {
  /** Size of corrections, tags and check value in a submission. */
  readonly submissionExtraBytes: number
  /** Size of the largest ShareRelease's payload. */
  readonly shareReleaseBytes: number
  /** Time to open the private masks of a slot, median over the last `slots` ones. */
  readonly unmaskMs: number
  readonly slots: number
  /** Time of a meter's work for 96 slots: private masks, shares, a signature made and one checked in each. */
  readonly meterMsPerDay: number
}

/** Steps in which a neighbourhood forms. */
export type LabPhase = 'start' | 'enrol' | 'dial' | 'agree' | 'roster'

/** A run's slots taken together. */
export interface RunSummary {
  readonly slots: number
  readonly exact: number
  /** Slots that the protocol lost; `busy` counts those that were lost because the machine was late. */
  readonly lost: number
  readonly busy: number
  readonly members: number
  readonly degree: number
  readonly medianCpuMs: number
  readonly medianLatencyMs: number | null
  readonly medianProtocolMs: number | null
  readonly medianUnits: number | null
  readonly medianRounds: number | null
  readonly bytesPerSlot: number
  readonly keyAgreements: number
  readonly rssBytes: number
}

export type LabEvent =
  /** What happened beside readings; the report has it, and the display what it says of it in notes. */
  | Exclude<Happening, { type: 'roster' }>
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'warning'; readonly text: string }
  /** URL of the page for a browser on this machine; shown and not reported. */
  | { readonly type: 'page'; readonly url: string }
  | { readonly type: 'phase'; readonly phase: LabPhase; readonly done: number; readonly of: number }
  | {
      readonly type: 'roster'
      /** First slot of the roster. */
      readonly slot: number
      readonly epoch: number
      readonly members: number
      readonly degree: number
      /** Mask neighbours, and why so many, of the first roster. */
      readonly neighbours?: number
      readonly why?: string
    }
  | { readonly type: 'started'; readonly startupMs: number }
  | { readonly type: 'slot'; readonly row: SlotRow }
  | {
      readonly type: 'summary'
      readonly summary: RunSummary
      readonly report: string | null
      /** Line to quote, of a run with changes. */
      readonly churn?: string
      readonly mode: string
      readonly load: LoadVerdict
      /** Figures of a network with double mask. */
      readonly doubleMask?: DoubleMaskFigures
    }
