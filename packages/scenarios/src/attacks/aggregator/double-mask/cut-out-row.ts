import { type Attack, metersAt } from '../../attack.ts'
import { handOverTo, inEachMove, keepApart, signedMaskRequest } from '../requests.ts'
import { askForShares, FIRST_ROUND, OWN_REQUESTS, SHARES } from './moves.ts'
import { rowAround } from './row.ts'
import { Words } from './words.ts'

export const cutOutRow = {
  name: 'cut-out-row',
  by: 'aggregator',
  about:
    'Members in a row of the ring, one fewer than a sum must have, are told that those next to the row are missing, those beyond them that the ends of the row are, and the rest that nobody is.',
  needs: 'meter',
  simulate(target, order) {
    const words = new Words(target, order)
    keepApart(target, order, OWN_REQUESTS)
    inEachMove(target, order, FIRST_ROUND, (asked, position) => {
      const { row, beside, beyond, ends } = rowAround(asked, position)
      handOverTo(target, metersAt(target, asked.held, row), signedMaskRequest(target, asked, 0, beside))
      if (ends.length > 0) handOverTo(target, metersAt(target, asked.held, beyond), signedMaskRequest(target, asked, 0, ends))
    })
    inEachMove(target, order, SHARES, (asked, position) => {
      const { row, beside, beyond, ends, rest } = rowAround(asked, position)
      const ask = (positions: readonly number[], missing: readonly number[]): void =>
        askForShares(target, asked, metersAt(target, asked.held, positions), { words, round: 0, missing })
      ask(row, beside)
      ask(beyond, ends)
      ask([...beside, ...rest], [])
    })
  }
} as const satisfies Attack
