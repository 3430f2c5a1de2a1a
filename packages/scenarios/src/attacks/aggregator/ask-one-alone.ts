import { hasPrivateMasks } from '@hushgrid/topology'
import { type Attack, colludersOf, meterOf } from '../attack.ts'
import { ASKING_SHARES, askForShares, askOthersForShares } from './double-mask/moves.ts'
import { Words } from './double-mask/words.ts'
import { ASKING, type Asked, handOver, inEachMove, keepApart, signedForMasks } from './requests.ts'

export const askOneAlone = {
  name: 'ask-one-alone',
  by: 'aggregator',
  about:
    'One meter alone is shown requests that name all its honest neighbours, so that it would strip itself of its masks; with double mask all others are asked for their shares of the private one.',
  needs: 'meter',
  simulate(target, order) {
    const victim = meterOf(target, order)
    const colluders = colludersOf(target, order)
    const honest = ({ held: { roster } }: Asked, position: number): number[] =>
      roster.neighbours(position).filter(index => !colluders.has(roster.meterId(index)))
    inEachMove(target, order, ASKING, (asked, position) => handOver(target, victim, signedForMasks(target, asked, honest(asked, position))))
    if (!hasPrivateMasks(target.recovery)) return
    const words = new Words(target, order)
    keepApart(target, order, ASKING_SHARES + 1)
    inEachMove(target, order, ASKING_SHARES, (asked, position) =>
      askForShares(target, asked, [victim], { words, round: 0, missing: honest(asked, position) })
    )
    askOthersForShares(target, order, ASKING_SHARES)
  }
} as const satisfies Attack
