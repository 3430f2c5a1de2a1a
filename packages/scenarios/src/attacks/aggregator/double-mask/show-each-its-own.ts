import { shareThreshold } from '@hushgrid/topology'
import { type Attack, metersAt, ringFrom } from '../../attack.ts'
import { type Asked, handOverTo, inEachMove, keepApart, signedMaskRequest } from '../requests.ts'
import { askForShares, FIRST_ROUND, OWN_REQUESTS, SHARES } from './moves.ts'
import { Words } from './words.ts'

export const showEachItsOwn = {
  name: 'show-each-its-own',
  by: 'aggregator',
  about:
    'Each member of a row of the ring, as short as t allows, and each neighbour of the row is shown missing members of its own: of each two neighbours that the end of the row parts one is told that the other is missing.',
  needs: 'meter',
  simulate(target, order) {
    const words = new Words(target, order)
    keepApart(target, order, OWN_REQUESTS)
    inEachMove(target, order, FIRST_ROUND, (asked, position) => {
      for (const [member, missing] of ownSets(asked, position)) {
        if (missing.length > 0) handOverTo(target, metersAt(target, asked.held, [member]), signedMaskRequest(target, asked, 0, missing))
      }
    })
    inEachMove(target, order, SHARES, (asked, position) => {
      for (const [member, missing] of ownSets(asked, position))
        askForShares(target, asked, metersAt(target, asked.held, [member]), { words, round: 0, missing })
    })
  }
} as const satisfies Attack

/**
 * Gives the members that each is told to be missing, by position: its neighbours beyond the end of the row at an odd distance
 * ahead, and at an even distance behind. Those are d − t at most with a row of 2t − d + 1, and one of the two names each pair.
 */
function ownSets({ held }: Asked, position: number): Map<number, readonly number[]> {
  const ring = ringFrom(held, position)
  const d = held.roster.neighbourCount
  const row = 2 * shareThreshold(d) - d + 1
  const sets = new Map<number, readonly number[]>()
  ring.forEach((member, place) => {
    const missing: number[] = []
    for (let distance = 1; distance <= d / 2; distance++) {
      const other = (place + (distance % 2 === 1 ? distance : ring.length - distance)) % ring.length
      if (place < row !== other < row) missing.push(ring[other] as number)
    }
    sets.set(
      member,
      missing.sort((a, b) => a - b)
    )
  })
  return sets
}
