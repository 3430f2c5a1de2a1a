import { MessageType } from '@hushgrid/messages'
import { slotTimes } from '@hushgrid/primitives'
import { type Attack, meterOf, onEnvelopes } from '../attack.ts'

export const holdBack = {
  name: 'hold-back',
  by: 'aggregator',
  about: "The aggregator's network holds a meter's submission back, so that it is missing, and brings it when the slot is over.",
  needs: 'meter',
  simulate(target, order) {
    const victim = meterOf(target, order)
    onEnvelopes(target, order, ({ from, to, at, envelope: { type, slot } }) => {
      if (to !== 'aggregator' || from !== victim || type !== MessageType.Submission) return 'pass'
      const { over, unit } = slotTimes(slot, target.slotSeconds)
      return { delay: over + unit - at }
    })
  }
} as const satisfies Attack
