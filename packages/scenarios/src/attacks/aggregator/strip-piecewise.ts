import type { Attack } from '../attack.ts'
import { stripInRounds, through } from './moves.ts'

export const stripPiecewise = {
  name: 'strip-piecewise',
  by: 'aggregator',
  about:
    'The victim alone is told in each round that another sixth of its neighbours is missing; the others are asked for their shares of its private mask.',
  needs: 'meter',
  simulate: (target, order) =>
    stripInRounds(target, order, (round, neighbours) =>
      through(neighbours, round).slice(round === 0 ? 0 : through(neighbours, round - 1).length)
    )
} as const satisfies Attack
