import { type Attack, meterOf } from '../attack.ts'

export const leaveAndReturn = {
  name: 'leave-and-return',
  by: 'members',
  about: 'A member leaves, and joins again once it is out, in the hope of a better place on the ring.',
  needs: 'meter',
  simulate(target, order) {
    const meter = meterOf(target, order)
    target.schedule(order.at, () => target.leave(meter))
    target.schedule(order.at + Math.max(3, order.slots), () => target.join(meter))
  }
} as const satisfies Attack
