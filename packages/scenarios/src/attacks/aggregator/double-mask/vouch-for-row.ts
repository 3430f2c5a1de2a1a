import { type Attack, metersAt } from '../../attack.ts'
import { handOverTo, inEachMove, keepApart, signedMaskRequest } from '../requests.ts'
import { askForShares, atRound, OWN_REQUESTS, SHARES } from './moves.ts'
import { rowAround } from './row.ts'
import { Words } from './words.ts'

export const vouchForRow = {
  name: 'vouch-for-row',
  by: 'aggregator',
  about:
    'As cut-out-row, but those beyond the row give their word on its request before they are shown theirs, and the rest on theirs before they are asked for all shares.',
  needs: 'meter',
  simulate(target, order) {
    const words = new Words(target, order)
    keepApart(target, order, OWN_REQUESTS)
    inEachMove(target, order, atRound(0), (asked, position) => {
      const { row, beside, beyond } = rowAround(asked, position)
      handOverTo(target, metersAt(target, asked.held, [...row, ...beyond]), signedMaskRequest(target, asked, 0, beside))
    })
    inEachMove(target, order, atRound(1), (asked, position) => {
      const { beside, beyond, ends, rest } = rowAround(asked, position)
      handOverTo(target, metersAt(target, asked.held, [...beside, ...beyond, ...rest]), signedMaskRequest(target, asked, 1, ends))
    })
    inEachMove(target, order, SHARES, (asked, position) => {
      const { row, beside, beyond, ends, rest } = rowAround(asked, position)
      const ask = (positions: readonly number[], round: number, missing: readonly number[]): void =>
        askForShares(target, asked, metersAt(target, asked.held, positions), { words, round, missing })
      ask(row, 0, beside)
      ask(beyond, 1, ends)
      ask([...beside, ...rest], 1, [])
    })
  }
} as const satisfies Attack
