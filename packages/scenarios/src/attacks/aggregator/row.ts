// A row of the ring that an attacking aggregator tries to part from the rest: see cut-out-row.
import { ringFrom } from '../attack.ts'
import { mostLost } from './moves.ts'
import type { Asked } from './requests.ts'

/**
 * Positions of the row around the victim; of as many on each side of it as a member may lose; of those beyond them whose
 * masks reach the row, which reach its ends only; and of all others.
 */
export type RowParts = Readonly<Record<'row' | 'beside' | 'beyond' | 'ends' | 'rest', readonly number[]>>

/** Gives the row of the largest size that section 7 forbids, around a member. */
export function rowAround({ held }: Asked, position: number): RowParts {
  const { roster } = held
  const neighbours = roster.neighbours(position)
  const [half, most] = [neighbours.length / 2, mostLost(neighbours)]
  const ring = ringFrom(held, position)
  const length = Math.min(roster.minMembers - 1, ring.length)
  const before = Math.floor((length - 1) / 2)
  const from = before > 0 ? [...ring.slice(-before), ...ring.slice(0, -before)] : ring
  const row = from.slice(0, length)
  const outside = from.slice(length)
  const sides = (start: number, end: number): number[] => [
    ...outside.slice(start, end),
    ...outside.slice(outside.length - end, outside.length - start)
  ]
  const beside = sides(0, most)
  const beyond = sides(most, half)
  const inner = Math.max(0, half - most)
  const ends = [...row.slice(0, inner), ...row.slice(length - inner)]
  return { row, beside, beyond, ends, rest: outside.filter(index => !beside.includes(index) && !beyond.includes(index)) }
}
