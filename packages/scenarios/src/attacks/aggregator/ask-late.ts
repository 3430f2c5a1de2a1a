import type { Slot } from '@hushgrid/primitives'
import { type Attack, inEachSlot, meterOf, withMember } from '../attack.ts'
import { ASKING, signedForMasks } from './requests.ts'

export const askLate = {
  name: 'ask-late',
  by: 'aggregator',
  about: 'A request for a slot that is long over is published to everybody.',
  needs: 'meter',
  simulate(target, order) {
    const victim = meterOf(target, order)
    inEachSlot(target, order, ASKING, now => {
      const slot = Math.max(target.slot(0), now - 2) as Slot
      withMember(target, slot, victim, (held, position) => {
        if (target.aggregator.up) target.gossip('control', 'aggregator', signedForMasks(target, { slot, held }, [position]))
      })
    })
  }
} as const satisfies Attack
