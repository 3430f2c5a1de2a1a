import type { Slot } from '@hushgrid/primitives'
import { type Attack, meterOf, withMember } from '../attack.ts'
import { handOver, signedForMasks } from './requests.ts'

export const askAhead = {
  name: 'ask-ahead',
  by: 'aggregator',
  about: 'A meter is handed requests that name it for slots to come, so that it would submit for none of them.',
  needs: 'meter',
  simulate(target, order) {
    const victim = meterOf(target, order)
    const now = Math.floor(order.at)
    target.schedule(order.at, () => {
      for (let ahead = 1; ahead <= order.slots; ahead++) {
        const slot: Slot = target.slot(now + ahead)
        withMember(target, slot, victim, (held, position) => handOver(target, victim, signedForMasks(target, { slot, held }, [position])))
      }
    })
  }
} as const satisfies Attack
