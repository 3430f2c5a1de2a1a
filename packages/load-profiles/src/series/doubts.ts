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
  const taken = unit.replace('?', '')
  const aDay = Math.max(0, ...lanes.map(({ energies }) => meanOf(energies) * (DAY_SECONDS / slotSeconds)))
  const mean = aDay < 10_000 ? `${aDay < 10 ? aDay.toFixed(1) : Math.round(aDay)} Wh` : `${Math.round(aDay / 1000)} kWh`
  const little = aDay > 0 && (aDay < LEAST_A_DAY || (unit === 'Wh?' && aDay < LITTLE_A_DAY && fractions > 0.5))
  if (little) return `makes ${mean} a day when taken for ${taken}: is it ${taken === 'W' ? 'kW' : 'kWh'}?`
  if (aDay > MOST_A_DAY) return `makes ${mean} a day when taken for ${taken}: is it ${taken === 'kW' ? 'W' : 'Wh'}?`
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
