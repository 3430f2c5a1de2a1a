// What happens in a lab run, for the display, the report and `--json`. No event holds a single reading or a key.

/** Lane values as decimal strings, by OBIS code. */
export type LaneValues = Readonly<Record<string, string>>

/** One slot as the report has it. */
export interface SlotRow {
  readonly slot: number
  /** Start of the slot, UTC. */
  readonly start: string
  readonly epoch: number
  /** Present members of the roster. */
  readonly members: number
  readonly submitted: number
  /** Present members that are not in the total; for a slot lost for want of members, those. */
  readonly missing: number
  /** The same by household. */
  readonly missingMeters: readonly number[]
  /** Members whose masks were released, so that there is a total without them. */
  readonly recovered: number
  /** Mask releases that the aggregator took. */
  readonly releases: number
  /** Meters that refused a request for recovery, by household, and the rule. */
  readonly refused: readonly { readonly by: number; readonly reason: string }[]
  /** Households whose meters disputed. */
  readonly disputed: readonly number[]
  readonly lost: boolean
  /** Households that the loss names. */
  readonly named: readonly number[]
  /** Why it was lost. */
  readonly reason?: string
  /** The published total equals the sum of the contributors' readings. */
  readonly exact: boolean
  readonly total: LaneValues | null
  /** The true sum over the households that had a reading. */
  readonly expected: LaneValues
  /** Real milliseconds from the slot's deadline to the result; negative where the result came before it. */
  readonly latencyMs: number | null
  /** Real milliseconds from the slot's end to the result. */
  readonly sinceEndMs: number | null
  /** CPU time of all nodes from the deadline before to this one, ms. */
  readonly cpuMs: number
  /** Bytes that all nodes wrote to sockets in that time. */
  readonly bytes: number
  /** Meters that checked the aggregator's signature on the total. */
  readonly verifiedBy: number
}

/** What double masking cost in a run; `doubleMask` in run.json. */
export interface DoubleMaskFigures {
  /** Corrections and check value of a submission. */
  readonly submissionExtraBytes: number
  /** Payload of the largest ShareRelease. */
  readonly shareReleaseBytes: number
  /** Opening the private masks of a slot, median over `slots` of the last ones. */
  readonly unmaskMs: number
  readonly slots: number
  /** A meter's work for 96 slots: private masks, shares, a signature made and one checked in each. */
  readonly meterMsPerDay: number
}

/** Steps in which a neighbourhood forms. */
export type LabPhase = 'start' | 'enrol' | 'dial' | 'agree' | 'roster'

/** A run's slots taken together. */
export interface RunSummary {
  readonly slots: number
  readonly exact: number
  readonly lost: number
  readonly members: number
  readonly degree: number
  readonly medianCpuMs: number
  readonly medianLatencyMs: number | null
  readonly bytesPerSlot: number
  readonly keyAgreements: number
  readonly rssBytes: number
}

export type LabEvent =
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'warning'; readonly text: string }
  /** Where a browser on this machine finds the page; shown and not reported. */
  | { readonly type: 'page'; readonly url: string }
  | { readonly type: 'phase'; readonly phase: LabPhase; readonly done: number; readonly of: number }
  | {
      readonly type: 'roster'
      readonly epoch: number
      readonly members: number
      readonly degree: number
      readonly neighbours: number
      readonly why: string
    }
  | { readonly type: 'started'; readonly startupMs: number }
  | { readonly type: 'slot'; readonly row: SlotRow }
  | {
      readonly type: 'summary'
      readonly summary: RunSummary
      readonly report: string | null
      /** A line to quote, of a run with changes. */
      readonly churn?: string
      readonly mode: string
      /** Of a network with double mask. */
      readonly doubleMask?: DoubleMaskFigures
    }
