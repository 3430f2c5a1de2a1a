import type { Attack } from '../../attack.ts'
import { hideSubmission } from '../hide-submission.ts'
import { inEachMove, keepApart, running } from '../requests.ts'
import { askAllWithout, askForShares, FIRST_ROUND, MORE_SHARES, OWN_REQUESTS, SHARES, tellAll } from './moves.ts'
import { Words } from './words.ts'

export const sharesOfReleased = {
  name: 'shares-of-released',
  by: 'aggregator',
  about: "The victim's submission is hidden, its neighbours release their masks towards it, and are then asked for its shares.",
  needs: 'meter',
  simulate(target, order) {
    const words = new Words(target, order)
    keepApart(target, order, OWN_REQUESTS)
    hideSubmission.simulate(target, order)
    tellAll(target, order, FIRST_ROUND)
    askAllWithout(target, order, SHARES, words)
    inEachMove(target, order, MORE_SHARES, asked => askForShares(target, asked, running(target), { words, round: 0, missing: [] }))
  }
} as const satisfies Attack
