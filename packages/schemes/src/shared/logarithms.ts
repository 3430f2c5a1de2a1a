// Totals that stand in the exponent: a discrete logarithm a lane.
import { lanesFromIntegers, type MeterId } from '@hushgrid/primitives'
import { G, type Point } from '@hushgrid/primitives/group'
import { LogTable } from '../arithmetic/discrete-log.ts'
import type { Outcome, Work } from '../scheme.ts'

/** Finds totals of readings up to a bound. The table for G is made with the first total, and again as the group grows. */
export class Logarithms {
  #table: LogTable | undefined
  #most = -1n
  readonly #noisy: boolean

  /** @param noisy - true where noise may take a total below zero or above its bound: from −most to 2·most */
  constructor(noisy = false) {
    this.#noisy = noisy
  }

  /** Gives the total of the contributors, lane by lane; implausible where a lane has no logarithm up to `most`. */
  total(points: readonly Point[], most: bigint, contributors: readonly MeterId[], work: Work): Outcome {
    if (!this.#table || most > this.#most) {
      this.#table = new LogTable(G, most, this.#noisy, work)
      this.#most = most
    }
    const table = this.#table
    return totalBy(() => table, points, contributors, work)
  }
}

/** Gives the total of the contributors, each lane's by the table for its base. */
export function totalBy(
  tableOf: (lane: number) => LogTable,
  points: readonly Point[],
  contributors: readonly MeterId[],
  work: Work
): Outcome {
  const found = points.map((point, lane) => tableOf(lane).logarithm(point, work))
  if (found.some(value => value === undefined)) return { type: 'lost', reason: 'implausible', members: [] }
  return { type: 'total', contributors, lanes: lanesFromIntegers(found as bigint[]) }
}
