import { hasPrivateMasks } from '@hushgrid/topology'
import { type Attack, meterOf } from '../attack.ts'
import { ASKING_SHARES, askOthersForShares } from './double-mask/moves.ts'
import { ASKING, handOver, inEachMove, keepApart, running, signedForMasks } from './requests.ts'

export const askTwice = {
  name: 'ask-twice',
  by: 'aggregator',
  about:
    "Two requests each name half of a meter's neighbours: every other meter is shown one, the rest the other, and the victim both; with double mask the victim alone, and then all others are asked for their shares of its private mask.",
  needs: 'meter',
  simulate(target, order) {
    const victim = meterOf(target, order)
    inEachMove(target, order, ASKING, (asked, position) => {
      const neighbours = asked.held.roster.neighbours(position)
      const half = (which: number): Uint8Array =>
        signedForMasks(
          target,
          asked,
          neighbours.filter((_, i) => i % 2 === which)
        )
      const requests = [half(0), half(1)] as const
      // A meter that released masks has no shares to give after that.
      for (const meter of hasPrivateMasks(target.recovery) ? [victim] : running(target)) {
        const [shown, other] = meter % 2 === 0 ? requests : [requests[1], requests[0]]
        handOver(target, meter, shown)
        if (meter === victim) handOver(target, meter, other)
      }
    })
    if (!hasPrivateMasks(target.recovery)) return
    keepApart(target, order, ASKING_SHARES + 1)
    askOthersForShares(target, order, ASKING_SHARES)
  }
} as const satisfies Attack
