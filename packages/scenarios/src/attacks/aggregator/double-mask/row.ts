// A row of the ring that an attacking aggregator tries to part from the rest: see cut-out-row.
import { ringFrom } from '../../attack.ts'
import type { Asked } from '../requests.ts'
import { mostLost } from './moves.ts'

/**
 * Positions of the row around the victim; of as many on each side of it as a member may lose; of those beyond them whose
 * masks reach the row, which reach its ends only; and of all others.
 */
export type RowParts = Readonly<Record<'row' | 'beside' | 'beyond' | 'ends' | 'rest', readonly number[]>>

/** Gives the row of the largest size that section 7 forbids, around a member. */
export function rowAround({ held }: Asked, position: number): RowParts {
  const { roster } = held
  const length = Math.min(roster.minMembers - 1, roster.n)
  const before = Math.floor((length - 1) / 2)
  const ring = ringFrom(held, position)
  const from = before > 0 ? [...ring.slice(-before), ...ring.slice(0, -before)] : ring
  return partsOf(from, length, { half: roster.neighbourCount / 2, beside: mostLost(roster.neighbours(position)) })
}

/**
 * Parts a ring by a row at its start.
 *
 * @param widths - half a member's neighbours; how many of them on each side are the ones next to the row
 */
export function partsOf(ring: readonly number[], length: number, widths: { readonly half: number; readonly beside: number }): RowParts {
  const row = ring.slice(0, length)
  const outside = ring.slice(length)
  const sides = (start: number, end: number): number[] => [
    ...outside.slice(start, end),
    ...outside.slice(outside.length - end, outside.length - start)
  ]
  const beside = sides(0, widths.beside)
  const beyond = sides(widths.beside, widths.half)
  const inner = Math.max(0, widths.half - widths.beside)
  const ends = [...row.slice(0, inner), ...row.slice(length - inner)]
  return { row, beside, beyond, ends, rest: outside.filter(index => !beside.includes(index) && !beyond.includes(index)) }
}
