// Port of operations to simulations outside the DC-net. Attacks of scenarios are on the DC-net's messages and find nothing here.
import { HushgridError } from '@hushgrid/primitives'
import { type PlannedOperation, type SimulatedTarget, simulatePlan } from '@hushgrid/scenarios'
import { OperationsTarget } from './operations-target.ts'
import type { Simulation } from './simulation.ts'

function dcNetOnly(): never {
  throw new HushgridError('attacks of scenarios: expected a neighbourhood of the DC-net, got another')
}

/** Simulation of a scheme, or of the path by concentrator and PES, as operations act on it. */
class ChurnTarget extends OperationsTarget implements SimulatedTarget {
  readonly recovery = 'none'
  readonly networkId = new Uint8Array(32)
  readonly rosterOf = dcNetOnly
  readonly intercept = dcNetOnly
  readonly gossip = dcNetOnly
  readonly send = dcNetOnly
  readonly handOver = dcNetOnly
  readonly envelopeIn = dcNetOnly
  readonly meter = dcNetOnly
  readonly meterOf = dcNetOnly

  get aggregator(): never {
    return dcNetOnly()
  }

  get registrar(): never {
    return dcNetOnly()
  }

  attacked({ what }: { readonly what: string }): void {
    this.hadNoEffect(`attack ${what}`, undefined, 'it is on the DC-net')
  }
}

/** Schedules the operations of a plan on a simulation outside the DC-net. */
export function applyChurn(simulation: Simulation, plan: readonly PlannedOperation[]): void {
  simulatePlan(new ChurnTarget(simulation), plan)
}
