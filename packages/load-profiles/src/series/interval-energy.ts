// Energies of equal intervals, and the slots that are made of them.
import { InvalidArgumentError } from '@hushgrid/primitives'
import { GrowingEnergies } from './energies.ts'
import { type Counts, type EnergyStore, noCounts, type SlotEnergies } from './energy-store.ts'
import { isRegister, onlyGrows, registerEnergies } from './register.ts'

/** Lengths of slots, s, that are made of whole intervals and divide a day. */
export function fittingSlots(intervalSeconds: number): number[] {
  const fitting: number[] = []
  for (let n = intervalSeconds; n <= 86_400; n += intervalSeconds) if (86_400 % n === 0) fitting.push(n)
  return fitting
}

/**
 * @throws InvalidArgumentError unless slots of this length are made of whole source intervals; says which would be
 */
export function checkWholeIntervals(slotSeconds: number, intervalSeconds: number): void {
  if (slotSeconds % intervalSeconds === 0) return
  const fitting = fittingSlots(intervalSeconds)
  const some = fitting.length > 5 ? `${fitting.slice(0, 4).join(', ')} … ${fitting.at(-1)}` : fitting.join(', ')
  const multiples = `a multiple of ${intervalSeconds} s${some === '' ? '' : ` (${some})`}`
  throw new InvalidArgumentError(
    'length of a slot',
    `${multiples}, since the readings are of ${intervalSeconds} s each`,
    `${slotSeconds} s`
  )
}

/** Rules of a store of energies. */
export interface IntervalRules {
  readonly slotSeconds: number
  /** Length of the source's intervals, s; divides the slot. */
  readonly intervalSeconds: number
  /** True where the values are a register's; `perhaps` where they themselves tell. */
  readonly register?: boolean | 'perhaps' | undefined
}

/**
 * Energies of equal intervals, in any order, summed into slots. A slot that lacks one of its intervals is a gap. Of
 * two readings for one interval the first counts.
 */
export class IntervalEnergy implements EnergyStore {
  readonly counts: Counts
  readonly #rules: IntervalRules
  readonly #energies = new GrowingEnergies()
  #last = Number.NEGATIVE_INFINITY

  /** @throws InvalidArgumentError unless the interval divides the slot */
  constructor(rules: IntervalRules, counts: Counts = noCounts()) {
    checkWholeIntervals(rules.slotSeconds, rules.intervalSeconds)
    this.#rules = rules
    this.counts = counts
  }

  /**
   * @param start - the interval's start in Unix seconds, a multiple of the interval
   * @param energy - Wh, below zero where it was fed in
   */
  add(start: number, energy: number): boolean {
    const step = start / this.#rules.intervalSeconds
    const held = this.#energies.at(step)
    this.counts.samples++
    if (energy < 0) this.counts.negative++
    if (start < this.#last) this.counts.outOfOrder++
    this.#last = start
    if (Number.isNaN(held)) return this.#energies.set(step, energy)
    this.counts.duplicates++
    if (held !== energy) this.counts.conflicting++
    return true
  }

  finish(): SlotEnergies {
    const { slotSeconds, intervalSeconds, register: said } = this.#rules
    const { first, energies: values } = this.#energies.result()
    const register = said === true || (said === 'perhaps' && isRegister(values, intervalSeconds))
    const energies = register ? registerEnergies(values, this.counts) : values
    const perSlot = slotSeconds / intervalSeconds
    const firstSlot = Math.floor(first / perSlot)
    const slots = energies.length === 0 ? 0 : Math.floor((first + energies.length - 1) / perSlot) - firstSlot + 1
    const drawn = new Float64Array(slots)
    const fedIn = new Float64Array(slots)
    for (let i = 0; i < slots; i++) {
      for (let j = 0; j < perSlot; j++) {
        const energy = energies[(firstSlot + i) * perSlot + j - first] ?? Number.NaN
        if (energy < 0) fedIn[i] = (fedIn[i] as number) - energy
        else drawn[i] = (drawn[i] as number) + energy
      }
      if (Number.isNaN(drawn[i])) fedIn[i] = Number.NaN
    }
    return {
      firstSlot,
      energies: drawn,
      ...(fedIn.some(energy => energy > 0) && { fedIn }),
      ...(register && { register }),
      ...(!register && said === 'perhaps' && onlyGrows(values) && { rising: true as const })
    }
  }
}
