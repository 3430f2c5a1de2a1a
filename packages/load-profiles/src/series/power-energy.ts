// Energy of slots from samples of power.
import { InvalidArgumentError } from '@hushgrid/primitives'
import { GrowingEnergies } from './energies.ts'
import { type Counts, type EnergyStore, noCounts, type SlotEnergies } from './energy-store.ts'
import { checkWholeIntervals } from './interval-energy.ts'

/**
 * A slot counts where samples cover at least this part of it; its energy is then scaled to the whole slot. At 900 s
 * that lets 45 s be unknown beyond what the hold bridges, so a slot's error stays below a twentieth of it even if the
 * load of the unknown part was twice the mean; more than that would be a guess, and a guess is not a reading.
 */
export const LEAST_COVERAGE = 0.95

/** Rules by which samples of power become energy. */
export interface PowerSampling {
  /** Nominal time between two samples, seconds. */
  readonly stepSeconds: number
  /** A sample holds until the next, but no longer than this. */
  readonly holdSeconds: number
  /** True where samples lie on a grid of whole steps, as means over a minute do. */
  readonly regular: boolean
}

/** @throws InvalidArgumentError where slots of this length cannot be had from such samples */
function checkPowerSlots(slotSeconds: number, sampling: PowerSampling): void {
  if (sampling.regular) checkWholeIntervals(slotSeconds, sampling.stepSeconds)
  else if (slotSeconds < sampling.stepSeconds)
    throw new InvalidArgumentError(
      'length of a slot',
      `at least ${sampling.stepSeconds} s, since a sample comes every ${sampling.stepSeconds} s or so`,
      `${slotSeconds} s`
    )
}

/**
 * Samples of power, integrated into slots: each holds until the next one, up to the hold time; the last of all holds
 * for one step. Of two samples at one moment the first counts; a sample from before the last one is dropped.
 */
export class PowerEnergy implements EnergyStore {
  readonly counts: Counts
  readonly #slotSeconds: number
  readonly #regular: boolean
  #step: number
  #hold: number
  readonly #done = new GrowingEnergies()
  readonly #fedIn = new GrowingEnergies()
  #time = Number.NaN
  #watts = 0
  #spacing = 0
  #slot = 0
  /** Wh drawn, Wh fed in and seconds gathered for `#slot`. */
  #energy = 0
  #returned = 0
  #covered = 0

  constructor(slotSeconds: number, sampling: PowerSampling, counts: Counts = noCounts()) {
    this.counts = counts
    checkPowerSlots(slotSeconds, sampling)
    this.#slotSeconds = slotSeconds
    this.#regular = sampling.regular
    this.#step = sampling.stepSeconds
    this.#hold = sampling.holdSeconds
  }

  add(time: number, watts: number): boolean {
    this.counts.samples++
    if (watts < 0) this.counts.negative++
    if (time < this.#time) {
      this.counts.outOfOrder++
      return true
    }
    if (time === this.#time) {
      this.counts.duplicates++
      if (watts !== this.#watts) this.counts.conflicting++
      return true
    }
    let kept = true
    if (!Number.isNaN(this.#time)) {
      this.#adapt(time - this.#time)
      kept = this.#integrate(Math.min(time, this.#time + this.#hold))
    }
    this.#time = time
    this.#watts = watts
    return kept
  }

  finish(): SlotEnergies {
    if (!Number.isNaN(this.#time)) {
      this.#integrate(this.#time + this.#step)
      this.#close()
    }
    this.#time = Number.NaN
    const { first, energies } = this.#done.result()
    if (this.#fedIn.result().energies.length === 0) return { firstSlot: first, energies }
    const fedIn = energies.map((energy, i) => (Number.isNaN(energy) ? Number.NaN : this.#fedIn.at(first + i) || 0))
    return { firstSlot: first, energies, fedIn }
  }

  /** Shortens the step where a regular source turns to a finer one (two equal spacings below it), so that a sample stands for no more. */
  #adapt(spacing: number): void {
    if (this.#regular && spacing < this.#step && spacing === this.#spacing) {
      this.#step = spacing
      this.#hold = 2 * spacing
    }
    this.#spacing = spacing
  }

  /** Adds the held power from the last sample's time until then. */
  #integrate(until: number): boolean {
    for (let at = this.#time; at < until; ) {
      const slot = Math.floor(at / this.#slotSeconds)
      if (slot !== this.#slot) {
        if (!this.#close()) return false
        this.#slot = slot
      }
      const end = Math.min(until, (slot + 1) * this.#slotSeconds)
      const energy = (this.#watts * (end - at)) / 3600
      if (energy < 0) this.#returned -= energy
      else this.#energy += energy
      this.#covered += end - at
      at = end
    }
    return true
  }

  #close(): boolean {
    const coverage = this.#covered / this.#slotSeconds
    const counts = coverage >= LEAST_COVERAGE
    const kept = !counts || this.#done.set(this.#slot, this.#energy / coverage)
    if (counts && kept && this.#returned > 0) this.#fedIn.set(this.#slot, this.#returned / coverage)
    this.#energy = 0
    this.#returned = 0
    this.#covered = 0
    return kept
  }
}

/** Energies of intervals that no slot is made of, each spread evenly over its interval; in the order of time. */
export function spreadEnergy(slotSeconds: number, intervalSeconds: number, counts?: Counts): EnergyStore {
  const power = new PowerEnergy(slotSeconds, { stepSeconds: intervalSeconds, holdSeconds: intervalSeconds, regular: false }, counts)
  return {
    counts: power.counts,
    add: (time, energy) => power.add(time, (energy * 3600) / intervalSeconds),
    finish: () => power.finish()
  }
}
