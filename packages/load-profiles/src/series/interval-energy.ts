import { InvalidArgumentError } from '@hushgrid/primitives'
import { GrowingEnergies } from './energies.ts'
import { type EnergyStore, noCounts } from './energy-store.ts'

/**
 * @throws InvalidArgumentError unless slots of this length are made of whole source intervals; says which would be
 */
export function checkWholeIntervals(slotSeconds: number, intervalSeconds: number): void {
  if (slotSeconds % intervalSeconds === 0) return
  const fitting: number[] = []
  for (let n = intervalSeconds; n <= 86_400; n += intervalSeconds) if (86_400 % n === 0) fitting.push(n)
  const some = fitting.length > 5 ? `${fitting.slice(0, 4).join(', ')} … ${fitting.at(-1)}` : fitting.join(', ')
  const multiples = `a multiple of ${intervalSeconds}${some === '' ? '' : ` (${some})`}`
  throw new InvalidArgumentError('slotSeconds', `${multiples}, since the readings are of ${intervalSeconds} s each`, String(slotSeconds))
}

/**
 * Energies of equal intervals, in any order, summed into slots. A slot that lacks one of its intervals is a gap. Of
 * two readings for one interval the first counts.
 */
export class IntervalEnergy implements EnergyStore {
  readonly counts = noCounts()
  readonly #interval: number
  readonly #slotSeconds: number
  readonly #energies = new GrowingEnergies()
  #last = Number.NEGATIVE_INFINITY

  /** @throws InvalidArgumentError unless the interval divides the slot */
  constructor(slotSeconds: number, intervalSeconds: number) {
    checkWholeIntervals(slotSeconds, intervalSeconds)
    this.#slotSeconds = slotSeconds
    this.#interval = intervalSeconds
  }

  /**
   * @param start - the interval's start in Unix seconds, a multiple of the interval
   * @param energy - Wh, not negative
   */
  add(start: number, energy: number): boolean {
    const step = start / this.#interval
    const held = this.#energies.at(step)
    this.counts.samples++
    if (start < this.#last) this.counts.outOfOrder++
    this.#last = start
    if (Number.isNaN(held)) return this.#energies.set(step, energy)
    this.counts.duplicates++
    if (held !== energy) this.counts.conflicting++
    return true
  }

  finish(): { firstSlot: number; energies: Float64Array } {
    const { first, energies } = this.#energies.result()
    const perSlot = this.#slotSeconds / this.#interval
    const firstSlot = Math.floor(first / perSlot)
    const slots = energies.length === 0 ? 0 : Math.floor((first + energies.length - 1) / perSlot) - firstSlot + 1
    const out = new Float64Array(slots)
    for (let i = 0; i < slots; i++) {
      let sum = 0
      for (let j = 0; j < perSlot; j++) sum += energies[(firstSlot + i) * perSlot + j - first] ?? Number.NaN
      out[i] = sum
    }
    return { firstSlot, energies: out }
  }
}
