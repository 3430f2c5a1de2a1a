import { type Attack, colludersOf, metersAt } from '../../attack.ts'
import { type Asked, handOverTo, inEachMove, keepApart, signedMaskRequest } from '../requests.ts'
import { askForShares, FIRST_ROUND, mostLost, OWN_REQUESTS, SHARES } from './moves.ts'
import { Words } from './words.ts'

/** Strongest split where no word of neighbours is asked for, at the bound of section 7: with more colluders the sum of two comes out. */
export const splitAroundTwo = {
  name: 'split-around-two',
  by: 'aggregator',
  about:
    'The victim and one of its neighbours are told that as many of the others are missing as they may lose, those are asked for their shares of the two, and all others are told that the two are missing.',
  needs: 'meter',
  simulate(target, order) {
    const colluders = colludersOf(target, order)
    const words = new Words(target, order)
    keepApart(target, order, OWN_REQUESTS)
    const partsOf = ({ held: { roster } }: Asked, position: number): Parts => {
      const neighbours = roster.neighbours(position)
      const honest = neighbours.filter(index => !colluders.has(roster.meterId(index)))
      const pair = [position, ...honest.slice(0, 1)]
      const left = honest.slice(1)
      const most = mostLost(neighbours)
      const farther = pair.flatMap(index => roster.neighbours(index)).filter(index => ![...neighbours, ...pair].includes(index))
      return { pair, lost: left.slice(0, most), rest: [...left.slice(most), ...farther] }
    }
    inEachMove(target, order, FIRST_ROUND, (asked, position) => {
      const { pair, lost, rest } = partsOf(asked, position)
      handOverTo(target, metersAt(target, asked.held, pair), signedMaskRequest(target, asked, 0, lost))
      handOverTo(target, metersAt(target, asked.held, rest), signedMaskRequest(target, asked, 0, pair))
    })
    inEachMove(target, order, SHARES, (asked, position) => {
      const { pair, lost, rest } = partsOf(asked, position)
      const ask = (positions: readonly number[], missing: readonly number[]): void =>
        askForShares(target, asked, metersAt(target, asked.held, positions), { words, round: 0, missing })
      ask(lost, [])
      ask(pair, lost)
      ask(rest, pair)
    })
  }
} as const satisfies Attack

/** Positions of the isolated two, of the neighbours named missing to them, and of all others. */
type Parts = Readonly<Record<'pair' | 'lost' | 'rest', readonly number[]>>
