import { type Attack, colludersOf, metersAt, ringFrom } from '../../attack.ts'
import { type Asked, handOverTo, inEachMove, keepApart, signedMaskRequest } from '../requests.ts'
import { askForShares, FIRST_ROUND, OWN_REQUESTS, SHARES } from './moves.ts'
import { Words } from './words.ts'

/** Split that every rule lets pass: the two lack but shares of their private masks, which t − 1 colluders would hold. */
export const leaveTwoOut = {
  name: 'leave-two-out',
  by: 'aggregator',
  about: 'All but two members are told that the two are missing, and release their masks towards them; the two are asked for all shares.',
  needs: 'meter',
  simulate(target, order) {
    const colluders = colludersOf(target, order)
    const words = new Words(target, order)
    keepApart(target, order, OWN_REQUESTS)
    const partsOf = ({ held }: Asked, position: number): Parts => {
      const honest = ringFrom(held, position).filter(index => !colluders.has(held.roster.meterId(index)))
      return { pair: honest.slice(0, 2), rest: honest.slice(2) }
    }
    inEachMove(target, order, FIRST_ROUND, (asked, position) => {
      const { pair, rest } = partsOf(asked, position)
      handOverTo(target, metersAt(target, asked.held, rest), signedMaskRequest(target, asked, 0, pair))
    })
    inEachMove(target, order, SHARES, (asked, position) => {
      const { pair, rest } = partsOf(asked, position)
      askForShares(target, asked, metersAt(target, asked.held, pair), { words, round: 0, missing: [] })
      askForShares(target, asked, metersAt(target, asked.held, rest), { words, round: 0, missing: pair })
    })
  }
} as const satisfies Attack

/** Positions of the isolated two, and of all others that are honest. */
type Parts = Readonly<Record<'pair' | 'rest', readonly number[]>>
