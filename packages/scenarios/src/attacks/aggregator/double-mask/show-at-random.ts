import { SeededRng } from '@hushgrid/primitives'
import { type Attack, metersAt, ringFrom, type SimulatedTarget } from '../../attack.ts'
import { type Asked, handOverTo, inEachMove, keepApart, signedMaskRequest } from '../requests.ts'
import { askForShares, atRound, mostLost, OWN_REQUESTS, SHARES } from './moves.ts'
import { partsOf } from './row.ts'
import { Words } from './words.ts'

/** Rounds in which a part of the ring may be shown a set. */
const ROUNDS = 3

export const showAtRandom = {
  name: 'show-at-random',
  by: 'aggregator',
  about:
    'A row of the ring, those next to it, those beyond them and the rest are each shown sets of missing members at random, of those at whose cost the row could be parted, and asked for the shares of the survivors of their last.',
  needs: 'meter',
  simulate(target, order) {
    const words = new Words(target, order)
    keepApart(target, order, OWN_REQUESTS)
    for (let round = 0; round < ROUNDS; round++) {
      inEachMove(target, order, atRound(round), (asked, position) => {
        for (const { members, shown } of drawn(target, asked, position)) {
          const missing = shown[round] ?? []
          if (missing.length > 0)
            handOverTo(target, metersAt(target, asked.held, members), signedMaskRequest(target, asked, round, missing))
        }
      })
    }
    inEachMove(target, order, SHARES, (asked, position) => {
      for (const { members, shown, last } of drawn(target, asked, position)) {
        const demand = { words, round: Math.max(0, last), missing: shown[last] ?? [] }
        askForShares(target, asked, metersAt(target, asked.held, members), demand)
      }
    })
  }
} as const satisfies Attack

/** Members, by position, who are shown the same. */
interface Drawn {
  readonly members: readonly number[]
  /** M by round; none in a round in which they are shown nothing. */
  readonly shown: readonly (readonly number[] | undefined)[]
  /** Round of the set for which they are asked for shares; −1 where that is the empty one. */
  readonly last: number
}

/** Draws what each part of the ring is shown in a slot, the same each time. */
function drawn({ seed }: SimulatedTarget, { slot, held }: Asked, position: number): Drawn[] {
  const { roster } = held
  const rng = new SeededRng(`${seed} shown ${slot} ${position}`)
  const half = Math.floor(roster.neighbourCount / 2)
  const length = 1 + rng.below(Math.max(1, Math.min(roster.minMembers - 1, roster.n - 1)))
  const most = mostLost(roster.neighbours(position))
  const { row, beside, beyond, ends, rest } = partsOf(ringFrom(held, position), rng.below(2) === 0 ? length : roster.minMembers - 1, {
    half,
    beside: rng.below(2) === 0 ? most : rng.below(half + 1)
  })
  const both = [...new Set([...beside, ...ends])]
  /** Sequences of sets, most of them such that a later one contains the earlier ones. */
  const sequences = [[], [beside], [ends], [beside, both], [ends, both], [both], [beside, ends]]
  return [row, beside, beyond, rest].map((members): Drawn => {
    const sets = sequences[rng.below(sequences.length)] as (readonly number[])[]
    const first = rng.below(ROUNDS - sets.length + 1)
    const shown = Array.from({ length: ROUNDS }, (_, round) => sets[round - first])
    return { members, shown, last: sets.length === 0 || rng.below(4) === 0 ? -1 : first + sets.length - 1 }
  })
}
