// Orders of small runs, and short Paillier keys that tests share.
import { generateKeyPair, type PrivateKey } from '@hushgrid/paillier'
import type { MeterId } from '@hushgrid/primitives'
import type { RunOrder } from '../../src/record/order.ts'
import type { RunPoint } from '../../src/record/run.ts'

/** Far too short to protect anything, and enough for two scalars of 256 bits: what is tested does not depend on it. */
const SHORT_BITS = 640

const keys = new Map<MeterId, PrivateKey>()

/** Gives the short key of a party, always the same in a process. */
export function keyFor(party: MeterId): PrivateKey {
  const key = keys.get(party) ?? generateKeyPair(SHORT_BITS, { insecure: true }).privateKey
  keys.set(party, key)
  return key
}

/** Gives an order of few slots among few meters. */
export function orderFor(contender: string, point: Partial<RunPoint> = {}, rest: Partial<Omit<RunOrder, 'point'>> = {}): RunOrder {
  return {
    point: {
      ...{ contender, drive: 'simulated', n: 6, degree: null, bits: SHORT_BITS, lanes: 2, dropout: 0 },
      ...{ churn: null, gamma: null, delayMs: 20, loss: 0, repeat: 0 },
      ...point
    },
    ...{ seed: 'test', slots: 2, warmUpSlots: 0, slotSeconds: 900, lanes: ['1-0:1.29.0', '1-0:2.29.0'], changes: false },
    ...rest
  }
}
