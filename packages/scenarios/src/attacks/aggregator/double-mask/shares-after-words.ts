import type { Attack } from '../../attack.ts'
import { handOverTo, inEachMove, keepApart, running, signedShareRequest } from '../requests.ts'
import { FIRST_ROUND, OWN_REQUESTS, SHARES, tellAll } from './moves.ts'

export const sharesAfterWords = {
  name: 'shares-after-words',
  by: 'aggregator',
  about: 'Everybody is told that the victim is missing, and then asked for the shares of all, its own among them.',
  needs: 'meter',
  simulate(target, order) {
    keepApart(target, order, OWN_REQUESTS)
    tellAll(target, order, FIRST_ROUND)
    inEachMove(target, order, SHARES, asked => handOverTo(target, running(target), signedShareRequest(target, asked, [])))
  }
} as const satisfies Attack
