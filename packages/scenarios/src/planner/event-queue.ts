// Queue of events, for planning a scenario and for virtual time.
import { InvalidArgumentError } from '@hushgrid/primitives'

/**
 * Queue of events in protocol milliseconds: a binary heap by time, and by the order of arrival within a millisecond, so that
 * a run depends on nothing but what is put in.
 */
export class EventQueue<Item> {
  // Three arrays instead of one of objects: a slot of a town is some ten thousand entries.
  readonly #times: number[] = []
  readonly #orders: number[] = []
  readonly #items: Item[] = []
  #order = 0
  #now: number

  /** @param start - time before which nothing can be put in */
  constructor(start: number) {
    this.#now = start
  }

  /** Time of the entry that was taken out last. */
  get now(): number {
    return this.#now
  }

  get size(): number {
    return this.#items.length
  }

  /** Time of the next entry, or undefined where there is none. */
  get next(): number | undefined {
    return this.#times[0]
  }

  /**
   * @param first - puts it ahead of all entries of that millisecond without `first`
   * @throws InvalidArgumentError for a time that has passed
   */
  push(time: number, item: Item, first = false): void {
    if (!(time >= this.#now)) throw new InvalidArgumentError('time', `at least ${this.#now}`, String(time))
    const order = this.#order++ - (first ? 2 ** 52 : 0)
    let at = this.#items.length
    this.#times.push(time)
    this.#orders.push(order)
    this.#items.push(item)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#before(time, order, parent)) break
      this.#move(parent, at)
      at = parent
    }
    this.#place(at, time, order, item)
  }

  /** Takes out the next entry and moves the time to it; undefined where there is none. */
  pop(): Item | undefined {
    const item = this.#items[0]
    const time = this.#times.pop()
    const order = this.#orders.pop()
    const last = this.#items.pop()
    if (item === undefined || time === undefined || order === undefined || last === undefined) return undefined
    const length = this.#items.length
    this.#now = length === 0 ? time : (this.#times[0] as number)
    if (length > 0) this.#sink(time, order, last, length)
    return item
  }

  /** Lets time pass up to a moment; nothing may be due before it. */
  advance(time: number): void {
    const { next } = this
    if (time < this.#now || (next !== undefined && next < time)) {
      throw new InvalidArgumentError('time', `from ${this.#now} to ${next ?? 'any'}`, String(time))
    }
    this.#now = time
  }

  #sink(time: number, order: number, item: Item, length: number): void {
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= length) break
      const right = child + 1
      if (right < length && this.#before(this.#times[right] as number, this.#orders[right] as number, child)) child = right
      if (this.#before(time, order, child)) break
      this.#move(child, at)
      at = child
    }
    this.#place(at, time, order, item)
  }

  #before(time: number, order: number, at: number): boolean {
    const other = this.#times[at] as number
    return time < other || (time === other && order < (this.#orders[at] as number))
  }

  #move(from: number, to: number): void {
    this.#place(to, this.#times[from] as number, this.#orders[from] as number, this.#items[from] as Item)
  }

  #place(at: number, time: number, order: number, item: Item): void {
    this.#times[at] = time
    this.#orders[at] = order
    this.#items[at] = item
  }
}
