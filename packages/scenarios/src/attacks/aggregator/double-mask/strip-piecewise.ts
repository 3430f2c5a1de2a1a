import { type Attack, meterOf } from '../../attack.ts'
import { handOver, inEachMove, keepApart, signedMaskRequest } from '../requests.ts'
import { askForShares, askOthersForShares, inRounds, OWN_REQUESTS, SHARES, through } from './moves.ts'
import { Words } from './words.ts'

export const stripPiecewise = {
  name: 'strip-piecewise',
  by: 'aggregator',
  about:
    'The victim alone is told in each round that another sixth of its neighbours is missing, and not the sixths before; the others are asked for their shares of its private mask.',
  needs: 'meter',
  simulate(target, order) {
    const victim = meterOf(target, order)
    const words = new Words(target, order)
    keepApart(target, order, OWN_REQUESTS)
    const sixth = (neighbours: readonly number[], round: number): number[] =>
      through(neighbours, round).slice(round === 0 ? 0 : through(neighbours, round - 1).length)
    inRounds(target, order, (round, asked, position) => {
      const missing = sixth(asked.held.roster.neighbours(position), round)
      if (missing.length > 0) handOver(target, victim, signedMaskRequest(target, asked, round, missing))
    })
    inEachMove(target, order, SHARES, (asked, position) => {
      const missing = sixth(asked.held.roster.neighbours(position), 0)
      askForShares(target, asked, [victim], { words, round: 0, missing })
    })
    askOthersForShares(target, order, SHARES)
  }
} as const satisfies Attack
