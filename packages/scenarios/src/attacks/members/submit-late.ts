import { MessageType } from '@hushgrid/messages'
import { slotTimes } from '@hushgrid/primitives'
import { type Attack, meterOf, onEnvelopes } from '../attack.ts'

export const submitLate = {
  name: 'submit-late',
  by: 'members',
  about: "A member's submission comes after its masks were released, and it does not dispute meanwhile, where it could.",
  needs: 'meter',
  simulate(target, order) {
    const own = meterOf(target, order)
    const { unit } = slotTimes(target.slot(0), target.slotSeconds)
    onEnvelopes(target, order, ({ from, envelope: { type } }) => {
      if (from !== own) return 'pass'
      if (type === MessageType.Dispute) return 'drop'
      // Moves it from E to D + 6u, when the masks towards it have been released.
      return type === MessageType.Submission ? { delay: 10 * unit } : 'pass'
    })
  }
} as const satisfies Attack
