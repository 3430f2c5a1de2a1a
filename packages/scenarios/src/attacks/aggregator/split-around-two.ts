import type { SimulatedTarget } from '../../ports/simulated-target.ts'
import { type Attack, metersAt } from '../attack.ts'
import { FIRST_ROUND, inEachMove, mostLost, OWN_REQUESTS, SHARES } from './moves.ts'
import { type Asked, handOverTo, keepApart, signedMaskRequest, signedShareRequest } from './requests.ts'

/** Strongest split, at the bound of section 7: with more colluders the sum of two readings comes out. */
export const splitAroundTwo = {
  name: 'split-around-two',
  by: 'aggregator',
  about:
    'The victim and one of its neighbours are told that as many of the others are missing as they may lose, those are asked for their shares of the two, and all others are told that the two are missing.',
  needs: 'meter',
  simulate(target, order) {
    const colluders = order.meters ?? []
    keepApart(target, order, OWN_REQUESTS)
    const tell = (asked: Asked, positions: readonly number[], envelope: Uint8Array): void =>
      handOverTo(target, metersAt(target, asked.held, positions), envelope)
    inEachMove(target, order, FIRST_ROUND, (asked, position) => {
      const { pair, lost, rest } = partsOf(target, asked, position, colluders)
      tell(asked, pair, signedMaskRequest(target, asked, 0, lost))
      tell(asked, rest, signedMaskRequest(target, asked, 0, pair))
    })
    inEachMove(target, order, SHARES, (asked, position) => {
      const { pair, lost } = partsOf(target, asked, position, colluders)
      tell(asked, lost, signedShareRequest(target, asked, []))
      tell(asked, pair, signedShareRequest(target, asked, lost))
    })
  }
} as const satisfies Attack

/** Gives the positions of the isolated two, of the neighbours named missing to them, and of all others. */
function partsOf(
  target: SimulatedTarget,
  { held }: Asked,
  position: number,
  colluders: readonly number[]
): Readonly<Record<'pair' | 'lost' | 'rest', readonly number[]>> {
  const { roster } = held
  const neighbours = roster.neighbours(position)
  const honest = neighbours.filter(index => metersAt(target, held, [index]).every(meter => !colluders.includes(meter)))
  const pair = [position, ...honest.slice(0, 1)]
  const left = honest.slice(1)
  const most = mostLost(neighbours)
  const farther = pair.flatMap(index => roster.neighbours(index)).filter(index => ![...neighbours, ...pair].includes(index))
  return { pair, lost: left.slice(0, most), rest: [...left.slice(most), ...farther] }
}
