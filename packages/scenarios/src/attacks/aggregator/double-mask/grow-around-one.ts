import { MASK_ROUNDS } from '@hushgrid/messages'
import { type Attack, meterOf } from '../../attack.ts'
import { type Asked, handOverTo, inEachMove, keepApart, running, signedMaskRequest } from '../requests.ts'
import { askForShares, inRounds, mostLost, OWN_REQUESTS, SHARES } from './moves.ts'
import { Words } from './words.ts'

/** Rounds in which all are told the same: up to as many neighbours as the victim may lose. */
const COMMON = MASK_ROUNDS / 2

export const growAroundOne = {
  name: 'grow-around-one',
  by: 'aggregator',
  about:
    'All are told round by round that more neighbours of a meter are missing, as many as it may lose, and give their word and shares; that meter alone is told of all the rest, too.',
  needs: 'meter',
  simulate(target, order) {
    const victim = meterOf(target, order)
    const words = new Words(target, order)
    keepApart(target, order, OWN_REQUESTS)
    inRounds(target, order, (round, asked, position) => {
      const meters = round < COMMON ? running(target) : [victim]
      handOverTo(target, meters, signedMaskRequest(target, asked, round, namedIn(asked.held.roster.neighbours(position), round)))
    })
    const ask = (asked: Asked, position: number, round: number, meters: readonly number[]): void => {
      const missing = namedIn(asked.held.roster.neighbours(position), round)
      askForShares(target, asked, meters, { words, round, missing })
    }
    inEachMove(target, order, SHARES, (asked, position) => {
      const gaveWord = (round: number): boolean =>
        words.has(victim, signedMaskRequest(target, asked, round, namedIn(asked.held.roster.neighbours(position), round)))
      ask(asked, position, gaveWord(MASK_ROUNDS - 1) ? MASK_ROUNDS - 1 : COMMON - 1, [victim])
      ask(asked, position, COMMON - 1, running(target, victim))
    })
  }
} as const satisfies Attack

function namedIn(neighbours: readonly number[], round: number): readonly number[] {
  const most = mostLost(neighbours)
  const rest = neighbours.length - most
  const count = round < COMMON ? ((round + 1) * most) / COMMON : most + ((round + 1 - COMMON) * rest) / (MASK_ROUNDS - COMMON)
  return neighbours.slice(0, Math.ceil(count))
}
