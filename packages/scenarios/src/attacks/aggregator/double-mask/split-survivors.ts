import { MASK_ROUNDS } from '@hushgrid/messages'
import { type Attack, metersAt, ringFrom } from '../../attack.ts'
import { type Asked, handOverTo, inEachMove, keepApart, signedMaskRequest } from '../requests.ts'
import { askForShares, inRounds, mostLost, OWN_REQUESTS, SHARES, through } from './moves.ts'
import { Words } from './words.ts'

export const splitSurvivors = {
  name: 'split-survivors',
  by: 'aggregator',
  about:
    'One half of the ring is shown other survivors than the other, through all rounds: two sets of missing members, each growing, and at the end a request for the shares of those that each half takes for the survivors.',
  needs: 'meter',
  simulate(target, order) {
    const words = new Words(target, order)
    keepApart(target, order, OWN_REQUESTS)
    inRounds(target, order, (round, asked, position) => {
      for (const { half, missing } of halves(asked, position))
        handOverTo(target, metersAt(target, asked.held, half), signedMaskRequest(target, asked, round, through(missing, round)))
    })
    inEachMove(target, order, SHARES, (asked, position) => {
      for (const { half, missing } of halves(asked, position))
        askForShares(target, asked, metersAt(target, asked.held, half), { words, round: MASK_ROUNDS - 1, missing })
    })
  }
} as const satisfies Attack

/** Gives both halves of the ring from the victim on, with some of its neighbours each, as many as it may lose. */
function halves({ held }: Asked, position: number): readonly { readonly half: readonly number[]; readonly missing: readonly number[] }[] {
  const ring = ringFrom(held, position)
  const middle = Math.ceil(ring.length / 2)
  const neighbours = held.roster.neighbours(position)
  const most = mostLost(neighbours)
  return [
    { half: ring.slice(0, middle), missing: neighbours.slice(0, most) },
    { half: ring.slice(middle), missing: neighbours.slice(-most) }
  ]
}
