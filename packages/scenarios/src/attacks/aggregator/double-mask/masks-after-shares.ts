import type { Attack } from '../../attack.ts'
import { handOverTo, inEachMove, keepApart, running, signedMaskRequest, signedShareRequest } from '../requests.ts'
import { askForShares, FIRST_ROUND, OWN_REQUESTS, SHARES } from './moves.ts'
import { Words } from './words.ts'

export const masksAfterShares = {
  name: 'masks-after-shares',
  by: 'aggregator',
  about: 'Everybody is asked for all shares first, then told that the victim is missing, and asked for the masks towards it.',
  needs: 'meter',
  simulate(target, order) {
    const words = new Words(target, order)
    keepApart(target, order, OWN_REQUESTS)
    inEachMove(target, order, FIRST_ROUND, asked => handOverTo(target, running(target), signedShareRequest(target, asked, [])))
    inEachMove(target, order, FIRST_ROUND + 1, (asked, position) =>
      handOverTo(target, running(target), signedMaskRequest(target, asked, 0, [position]))
    )
    inEachMove(target, order, SHARES, (asked, position) =>
      askForShares(target, asked, running(target), { words, round: 0, missing: [position] })
    )
  }
} as const satisfies Attack
