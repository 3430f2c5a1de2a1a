// The path by concentrator and PES in virtual time.
import { generateKeyPairSync } from 'node:crypto'
import { generateKeyPair } from '@hushgrid/paillier'
import type { MeterId } from '@hushgrid/primitives'
import { applyChurn, SimulatedPes } from '@hushgrid/simulator'
import type { SimulatedContender } from './contender.ts'

/** Length of the Paillier key where the point has none, bits. */
const DEFAULT_BITS = 2048
const RSA_BITS = 3072
/** Stands for the supplier where a test gives keys by party: its own id comes later. */
const SUPPLIER = '00'.repeat(32) as MeterId

/** Bounds of the nodes' stores (docs/data-model.md); the snapshot of a PES takes the place of the one before. */
const BOUNDS = { meter: { records: 16 }, concentrator: { bytes: 1024 ** 2 }, pes: { records: 1 } } as const

/** Gives the contender of a variant. */
export function ofPes(variant: 'reencrypt' | 'direct'): SimulatedContender {
  return {
    name: `pes-${variant}`,
    open: ({ point: { bits }, facts, keyFor }) => {
      const length = bits ?? DEFAULT_BITS
      const gauged = <Result>(role: 'supplier' | 'pes', make: () => Result): Result => facts.gauge?.timed(role, make) ?? make()
      const paillier = gauged('supplier', () => keyFor?.(SUPPLIER, length) ?? generateKeyPair(length).privateKey)
      const rsa = gauged('pes', () => generateKeyPairSync('rsa', { modulusLength: RSA_BITS }))
      const neighbourhood = new SimulatedPes(variant, { ...facts, keys: { paillier, rsa } })
      return {
        ...{ neighbourhood, violations: neighbourhood.violations, noisy: false, bounds: BOUNDS },
        apply: plan => applyChurn(neighbourhood, plan),
        keyAgreements: () => null
      }
    }
  }
}
