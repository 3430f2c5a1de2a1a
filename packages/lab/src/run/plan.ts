// What a run is given: what to do, and where to tell of it.
import type { PlannedOperation, Scenario } from '@hushgrid/scenarios'
import type { Network } from '@hushgrid/topology'
import type { ShownContender } from '../contender/contender.ts'
import type { LabReadings } from '../meters/readings.ts'
import type { LabSupplier } from '../neighbourhood/supplier.ts'

/** A run, checked and ready to start. */
export interface LabPlan {
  readonly network: Network
  readonly members: number
  readonly readings: LabReadings
  readonly seed: string
  readonly slots: number | undefined
  readonly contender: ShownContender
  /** Length of the Paillier key; with a contender that has one. */
  readonly bits?: number | undefined
  readonly slotMs: number
  readonly processes: number
  readonly port: number | undefined
  readonly notes: readonly string[]
  /** Folder of keys and journals, which the caller removes; one that is made for the run and removed after it, unless given. */
  readonly state?: string | undefined
  /** With the DC-net, and one process. */
  readonly supplier?: LabSupplier | undefined
  /** What befalls the neighbourhood, and what must hold at the end. */
  readonly churn?: LabChurn | undefined
}

/** Where the report goes and how events are shown. */
export interface LabOutput {
  readonly report?: string | undefined
  readonly json?: boolean | undefined
  /** Serves the page of the living neighbourhood, on loopback only. */
  readonly web?: LabWebOptions | undefined
}

export interface LabWebOptions {
  /** 0 for a free one. */
  readonly port: number
  /** Takes a free one where that one is taken. */
  readonly orFree?: boolean
}

/** A scenario for real nodes. */
export interface LabChurn {
  readonly scenario: Scenario
  readonly operations: readonly PlannedOperation[]
}

/** The plan as run.json has it. */
export function configurationOf({ contender, bits, readings, ...plan }: LabPlan): object {
  const { mode, variant } = contender.shown
  return { ...plan, mode, ...(variant && { [mode]: { variant, bits } }), readings: readings.source }
}
