// Small discrete logarithms by baby steps and giant steps (Shanks): about √B additions for a table, as many for a search that
// finds nothing.
import { type Point, scalar } from '@hushgrid/primitives/group'
import type { Work } from '../scheme.ts'

/** A table of small multiples of one base. */
export class LogTable {
  readonly #most: bigint
  readonly #steps: number
  readonly #small = new Map<string, number>()
  readonly #giant: Point
  readonly #shift: Point | undefined
  readonly #offset: bigint

  /**
   * @param most - largest logarithm that is found, from 0
   * @param noisy - true to find what lies below and above as well, as noise takes it there: from −most to 2·most
   */
  constructor(base: Point, most: bigint, noisy: boolean, work: Work) {
    this.#most = noisy ? 3n * most : most
    this.#steps = Math.ceil(Math.sqrt(Number(this.#most) + 1))
    let point = base.multiply(0n)
    for (let i = 0; i < this.#steps; i++) {
      this.#small.set(point.toString(), i)
      point = point.add(base)
    }
    this.#giant = base.multiply(scalar(BigInt(-this.#steps)))
    this.#shift = noisy ? base.multiply(most) : undefined
    this.#offset = noisy ? most : 0n
    work.count('dlog-step', this.#steps)
  }

  /** Gives x with x·base = point, within the table's bounds; undefined where there is none, after a whole search. */
  logarithm(point: Point, work: Work): bigint | undefined {
    let at = this.#shift ? point.add(this.#shift) : point
    for (let giant = 0; giant < this.#steps; giant++) {
      work.count('dlog-step')
      const small = this.#small.get(at.toString())
      if (small !== undefined) {
        const found = BigInt(giant) * BigInt(this.#steps) + BigInt(small)
        return found <= this.#most ? found - this.#offset : undefined
      }
      at = at.add(this.#giant)
    }
    return undefined
  }
}
