import { shareThreshold } from '@hushgrid/topology'
import { type Attack, metersAt, ringFrom } from '../../attack.ts'
import { type Asked, handOverTo, inEachMove, keepApart, signedMaskRequest } from '../requests.ts'
import { askForShares, FIRST_ROUND, MORE_SHARES, OWN_REQUESTS, SHARES } from './moves.ts'
import { Words } from './words.ts'

export const askSharesTwice = {
  name: 'ask-shares-twice',
  by: 'aggregator',
  about:
    "Everybody is asked for all shares and for all but the victim's: those around it, who are told before that it is missing, for these first, the others for those.",
  needs: 'meter',
  simulate(target, order) {
    const words = new Words(target, order)
    keepApart(target, order, OWN_REQUESTS)
    const ask = (asked: Asked, positions: readonly number[], missing: readonly number[]): void =>
      askForShares(target, asked, metersAt(target, asked.held, positions), { words, round: 0, missing })
    inEachMove(target, order, FIRST_ROUND, (asked, position) =>
      handOverTo(target, metersAt(target, asked.held, sidesOf(asked, position).near), signedMaskRequest(target, asked, 0, [position]))
    )
    inEachMove(target, order, SHARES, (asked, position) => {
      const { near, far } = sidesOf(asked, position)
      ask(asked, near, [position])
      ask(asked, far, [])
    })
    inEachMove(target, order, MORE_SHARES, (asked, position) => {
      const { near, far } = sidesOf(asked, position)
      ask(asked, near, [])
      ask(asked, far, [position])
    })
  }
} as const satisfies Attack

/** Parts the ring so that each of the victim's neighbours has t neighbours on its own side. */
function sidesOf({ held }: Asked, position: number): Readonly<Record<'near' | 'far', readonly number[]>> {
  const { roster } = held
  const reach = shareThreshold(roster.neighbourCount) + 1
  const ring = ringFrom(held, position)
  const near = ring.filter((_, step) => step <= reach || ring.length - step <= reach)
  return { near, far: ring.filter(index => !near.includes(index)) }
}
