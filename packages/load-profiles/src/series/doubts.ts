// Doubts about a household's readings that are no errors: a unit that hardly fits.
import { DAY_SECONDS } from '@hushgrid/primitives'
import type { LaneEnergies } from './household-series.ts'

/** Wh a day below which nobody lives: a clock radio needs more. */
const LEAST_A_DAY = 30
/** Wh a day below which values with a fraction look like kWh, and above which they look like Wh taken for kWh. */
const LITTLE_A_DAY = 500
const MOST_A_DAY = 1_000_000

/** How a household's values came. */
export interface ValueFacts {
  /** Unit they were taken for; `Wh?` where nobody said. */
  readonly unit: string
  /** Part of them that has a fraction. */
  readonly fractions: number
  readonly slotSeconds: number
}

/** Says what makes the unit of a household's readings doubtful, or undefined. */
export function unitDoubt(lanes: readonly LaneEnergies[], { unit, fractions, slotSeconds }: ValueFacts): string | undefined {
  const aDay = Math.max(0, ...lanes.map(({ energies }) => meanOf(energies) * (DAY_SECONDS / slotSeconds)))
  const taken = unit.replace('?', '')
  // Bounds instead of the figure itself: a meter's log has these sentences, and no log has what a home uses.
  const asked = `when taken for ${taken}: is it`
  if ((taken === 'Wh' || taken === 'W') && aDay > 0 && aDay < LEAST_A_DAY)
    return `makes less than ${LEAST_A_DAY} Wh a day ${asked} ${taken === 'W' ? 'kW' : 'kWh'}?`
  if (aDay > 0 && unit === 'Wh?' && aDay < LITTLE_A_DAY && fractions > 0.5)
    return `makes less than ${LITTLE_A_DAY} Wh a day, most values with a fraction, ${asked} kWh?`
  if (aDay > MOST_A_DAY) return `makes more than ${MOST_A_DAY / 1000} kWh a day ${asked} ${taken === 'kW' ? 'W' : 'Wh'}?`
  return undefined
}

function meanOf(energies: Float64Array): number {
  let [sum, covered] = [0, 0]
  for (const energy of energies) {
    if (Number.isNaN(energy)) continue
    sum += energy
    covered++
  }
  return covered === 0 ? 0 : sum / covered
}
