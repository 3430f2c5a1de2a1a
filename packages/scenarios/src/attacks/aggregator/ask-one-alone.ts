import { hasPrivateMasks } from '@hushgrid/topology'
import { type Attack, meterOf } from '../attack.ts'
import { ASKING, askOthersForShares, inEachMove } from './moves.ts'
import { handOver, signedForMasks } from './requests.ts'

export const askOneAlone = {
  name: 'ask-one-alone',
  by: 'aggregator',
  about:
    'One meter alone is shown a request that names all its neighbours, so that it would strip itself of its masks; with double mask all others are then asked for their shares of the private one.',
  needs: 'meter',
  simulate(target, order) {
    const victim = meterOf(target, order)
    inEachMove(target, order, ASKING, (asked, position) =>
      handOver(target, victim, signedForMasks(target, asked, asked.held.roster.neighbours(position)))
    )
    if (hasPrivateMasks(target.recovery)) askOthersForShares(target, order)
  }
} as const satisfies Attack
