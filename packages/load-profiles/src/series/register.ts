// Registers of meters, which only grow: told from energies by their values, and differenced.
import type { Counts } from './energy-store.ts'

/** Fewest values that tell a register from a load that happens to rise. */
const FEWEST = 12
/** Values that may be below the one before them, as a part of all: a meter is replaced now and then. */
const MOST_DROPS = 0.01
/** Mean power, W, that no home draws for long: values that would be more as energies, and never fall, are a register's. */
const BEYOND_A_HOME = 50_000

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

/** Tells whether values, NaN in a gap, hardly ever fall: as a register's do, and as a load's do not for long. */
export function onlyGrows(values: Float64Array): boolean {
  const present = [...values].filter(value => !Number.isNaN(value))
  if (present.length < FEWEST) return false
  const steps = present.slice(1).map((value, i) => value - (present[i] as number))
  const rises = steps.filter(step => step > 0).length
  const drops = steps.filter(step => step < 0).length
  return rises > 0 && drops <= Math.max(1, MOST_DROPS * steps.length) && drops < rises
}

/** Tells whether values of intervals are those of a register, Wh: they only grow, and would be the load of no home. */
export function isRegister(values: Float64Array, intervalSeconds: number): boolean {
  const power = (median([...values].filter(value => !Number.isNaN(value))) * 3600) / intervalSeconds
  return power > BEYOND_A_HOME && onlyGrows(values)
}

/**
 * Gives the energies of a register's values: what it counted from each to the next. Where it fell it was reset or replaced,
 * and what it counted meanwhile is not known: a gap. The last value has none after it, and ends as a gap.
 */
export function registerEnergies(values: Float64Array, counts: Counts): Float64Array {
  const out = new Float64Array(values.length).fill(Number.NaN)
  for (let i = 0; i + 1 < values.length; i++) {
    const step = (values[i + 1] as number) - (values[i] as number)
    if (step >= 0) out[i] = step
    else if (step < 0) counts.resets++
  }
  return out
}
