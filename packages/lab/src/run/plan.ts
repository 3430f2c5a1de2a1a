// Input of a run: its plan, and its outputs.

import type { ObisCode } from '@hushgrid/primitives'
import type { PlannedOperation, Scenario } from '@hushgrid/scenarios'
import { laneCodes, type Network } from '@hushgrid/topology'
import type { ShownContender } from '../contender/contender.ts'
import { fillableOf, type LabReadings } from '../meters/readings.ts'
import type { LabSupplier } from '../neighbourhood/supplier.ts'

/** A run, checked and ready to start. */
export interface LabPlan {
  readonly network: Network
  readonly members: number
  readonly readings: LabReadings
  readonly seed: string
  readonly slots: number | undefined
  readonly contender: ShownContender
  /** Length of the Paillier key, for a contender that has one. */
  readonly bits?: number | undefined
  /** Real length of a slot, ms, and of the first one where the lab adapts it. */
  readonly slotMs: number
  /** True where the lab lengthens slots on a machine that is too busy for them. */
  readonly adapts?: boolean | undefined
  readonly processes: number
  readonly port: number | undefined
  readonly notes: readonly string[]
  /** Folder of keys and journals, which the caller removes; without it the run makes one and removes it at its end. */
  readonly state?: string | undefined
  /** Supplier beside the neighbourhood, for the DC-net in one process. */
  readonly supplier?: LabSupplier | undefined
  /** Changes during the run, and expectations at its end. */
  readonly churn?: LabChurn | undefined
}

/** Outputs of a run: the report's folder and the display of events. */
export interface LabOutput {
  readonly report?: string | undefined
  readonly json?: boolean | undefined
  /** Serves the page of the living neighbourhood, on loopback only. */
  readonly web?: LabWebOptions | undefined
}

export interface LabWebOptions {
  /** Port of the page; 0 for a free one. */
  readonly port: number
  /** True where a free port may replace one that is taken. */
  readonly orFree?: boolean
  /** Takes the page's address, before the neighbourhood forms. */
  readonly served?: (url: string) => void
}

/** A scenario for real nodes. */
export interface LabChurn {
  readonly scenario: Scenario
  readonly operations: readonly PlannedOperation[]
}

/** Gives the plan as run.json has it, with the number of homes that can fill each lane. */
export function configurationOf({ contender, bits, readings, ...plan }: LabPlan): object {
  const { mode, variant } = contender.shown
  const canFill = homesByLane(laneCodes(plan.network), readings, plan.members)
  return { ...plan, mode, ...(variant && { [mode]: { variant, bits } }), readings: readings.source, canFill }
}

/** Counts the homes that can fill each lane, among those that are there from the start. */
function homesByLane(lanes: readonly ObisCode[], { recipe }: LabReadings, members: number): Readonly<Record<string, number>> {
  const fills = fillableOf(recipe)
  const homes = Array.from({ length: members }, (_, household) => fills(household, lanes))
  return Object.fromEntries(lanes.map(lane => [lane, homes.filter(filled => filled.includes(lane)).length]))
}
