import type { Attack } from '../../attack.ts'
import { handOverTo, inEachMove, keepApart, running, signedMaskRequest, signedShareRequest } from '../requests.ts'
import { FIRST_ROUND, OWN_REQUESTS, SHARES } from './moves.ts'

export const sharesAfterWords = {
  name: 'shares-after-words',
  by: 'aggregator',
  about: 'Everybody is told that the victim is missing, and then asked for the shares of all, its own among them.',
  needs: 'meter',
  simulate(target, order) {
    keepApart(target, order, OWN_REQUESTS)
    inEachMove(target, order, FIRST_ROUND, (asked, position) =>
      handOverTo(target, running(target), signedMaskRequest(target, asked, 0, [position]))
    )
    inEachMove(target, order, SHARES, asked => handOverTo(target, running(target), signedShareRequest(target, asked, [])))
  }
} as const satisfies Attack
