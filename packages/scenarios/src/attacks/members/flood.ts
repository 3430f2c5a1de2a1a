import { SeededRng } from '@hushgrid/primitives'
import { type Attack, inEachSlot, meterOf } from '../attack.ts'

/** Garbage messages that a flooding member sends in each slot. */
const FLOOD = 500

export const flood = {
  name: 'flood',
  by: 'members',
  about: 'A member sends garbage on both topics, as fast as it can.',
  needs: 'meter',
  simulate(target, order) {
    const own = meterOf(target, order)
    const rng = new SeededRng(`${target.seed} flood ${own}`)
    inEachSlot(target, order, 0.5, () => {
      for (let i = 0; i < FLOOD; i++) {
        target.send('readings', own, 'aggregator', rng.bytes(150))
        target.send('control', own, 'registrar', rng.bytes(150))
      }
    })
  }
} as const satisfies Attack
