import type { Attack } from '../../attack.ts'
import { handOverTo, inEachMove, keepApart, running, signedShareRequest } from '../requests.ts'
import { askAllWithout, FIRST_ROUND, OWN_REQUESTS, SHARES, tellAll } from './moves.ts'
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
    tellAll(target, order, FIRST_ROUND + 1)
    askAllWithout(target, order, SHARES, words)
  }
} as const satisfies Attack
