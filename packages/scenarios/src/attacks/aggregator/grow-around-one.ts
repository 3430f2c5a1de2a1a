import type { Attack } from '../attack.ts'
import { stripInRounds, through } from './moves.ts'

export const growAroundOne = {
  name: 'grow-around-one',
  by: 'aggregator',
  about:
    'The victim alone is told round by round that more of its neighbours are missing; the others are asked for their shares of its private mask.',
  needs: 'meter',
  simulate: (target, order) => stripInRounds(target, order, (round, neighbours) => through(neighbours, round))
} as const satisfies Attack
