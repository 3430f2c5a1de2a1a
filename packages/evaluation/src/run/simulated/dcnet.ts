// The DC-net's modes in virtual time.
import { applyPlan, SimulatedNeighbourhood } from '@hushgrid/simulator'
import type { RecoveryMode } from '@hushgrid/topology'
import type { SimulatedContender } from './contender.ts'

const MEBIBYTE = 1024 ** 2

/** Bounds of the nodes' stores (docs/data-model.md): a journal is written anew from that size on, transcripts go by age. */
const BOUNDS = {
  meter: { bytes: MEBIBYTE },
  aggregator: { bytes: 1024 * MEBIBYTE, slots: 100_000 },
  registrar: { bytes: 64 * MEBIBYTE }
} as const

/** Gives the contender of a recovery mode. */
export function ring(name: string, recovery: RecoveryMode): SimulatedContender {
  return {
    name,
    open: ({ facts }) => {
      const neighbourhood = new SimulatedNeighbourhood({ ...facts, recovery })
      const { violations, ledger } = neighbourhood.recorder
      return {
        ...{ neighbourhood, violations, noisy: false, bounds: BOUNDS },
        apply: plan => applyPlan(neighbourhood, plan),
        keyAgreements: () => ledger.made
      }
    }
  }
}
