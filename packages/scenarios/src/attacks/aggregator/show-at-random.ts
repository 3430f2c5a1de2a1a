import { SeededRng } from '@hushgrid/primitives'
import type { SimulatedTarget } from '../../ports/simulated-target.ts'
import { type Attack, metersAt, ringFrom } from '../attack.ts'
import { askForShares, atRound, inEachMove, mostLost, OWN_REQUESTS, SHARES } from './moves.ts'
import { type Asked, handOverTo, keepApart, signedMaskRequest } from './requests.ts'
import { Words } from './words.ts'

/** Rounds in which sets grow apart, after one that all are shown. */
const ROUNDS = 3

export const showAtRandom = {
  name: 'show-at-random',
  by: 'aggregator',
  about:
    'All are told that some members are missing, or nobody; then each part of the ring that more and more are, drawn at random; in the end each is asked for the shares of those that it takes for the survivors, or of those that all did.',
  needs: 'meter',
  simulate(target, order) {
    const words = new Words(target, order)
    keepApart(target, order, OWN_REQUESTS)
    for (let round = 0; round <= ROUNDS; round++) {
      inEachMove(target, order, atRound(round), (asked, position) => {
        for (const { members, shown } of partsOf(target, asked, position)) {
          const missing = shown[round]
          if (missing?.length) handOverTo(target, metersAt(target, asked.held, members), signedMaskRequest(target, asked, round, missing))
        }
      })
    }
    inEachMove(target, order, SHARES, (asked, position) => {
      for (const { members, shown, last } of partsOf(target, asked, position)) {
        const demand = { words, round: last, missing: shown[last] ?? [] }
        askForShares(target, asked, metersAt(target, asked.held, members), demand)
      }
    })
  }
} as const satisfies Attack

/** Members, by position, who are shown the same: M by round, up to the one for which they are asked for shares. */
interface Part {
  readonly members: readonly number[]
  readonly shown: readonly (readonly number[])[]
  readonly last: number
}

/** Draws the parts of a slot, the same each time. */
function partsOf({ seed }: SimulatedTarget, { slot, held }: Asked, position: number): Part[] {
  const rng = new SeededRng(`${seed} shown ${slot} ${position}`)
  const ring = ringFrom(held, position)
  const most = mostLost(held.roster.neighbours(position))
  const run = (): number[] => {
    const from = rng.below(ring.length)
    return [...ring, ...ring].slice(from, from + 1 + rng.below(Math.max(1, most)))
  }
  const common = rng.below(3) === 0 ? [] : run()
  const ends = Array.from({ length: 1 + rng.below(3) }, () => rng.below(ring.length)).sort((a, b) => a - b)
  return [...ends, ring.length].map((end, i): Part => {
    const shown: number[][] = [common]
    const last = rng.below(ROUNDS + 1)
    for (let round = 1; round <= last; round++) shown.push([...new Set([...(shown[round - 1] ?? []), ...run()])].sort((a, b) => a - b))
    return { members: ring.slice(ends[i - 1] ?? 0, end), shown, last }
  })
}
