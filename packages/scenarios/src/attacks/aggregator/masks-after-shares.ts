import type { Attack } from '../attack.ts'
import { FIRST_ROUND, inEachMove, OWN_REQUESTS } from './moves.ts'
import { handOverTo, keepApart, running, signedMaskRequest, signedShareRequest } from './requests.ts'

export const masksAfterShares = {
  name: 'masks-after-shares',
  by: 'aggregator',
  about: 'Everybody is asked for all shares first, and then told that the victim is missing.',
  needs: 'meter',
  simulate(target, order) {
    keepApart(target, order, OWN_REQUESTS)
    inEachMove(target, order, FIRST_ROUND, asked => handOverTo(target, running(target), signedShareRequest(target, asked, [])))
    inEachMove(target, order, FIRST_ROUND + 1, (asked, position) =>
      handOverTo(target, running(target), signedMaskRequest(target, asked, 0, [position]))
    )
  }
} as const satisfies Attack
