// Extrapolation from measured sizes to a million meters in many neighbourhoods. Nothing in here was measured.

import { spread } from '@hushgrid/lab'
import { costsPerReading } from './costs.ts'
import { type GrowthRow, growthRows } from './growth.ts'
import type { Bearer, Combination } from './series.ts'

export const EXTRAPOLATED_METERS = 1_000_000
const EXTRAPOLATED_SIZES = [50, 100, 200] as const
const DAY_SECONDS = 86_400
const HOUR_MS = 3_600_000

/** Basis of a figure. */
type Basis =
  /** Median and middle half of this very size, multiplied. */
  | 'measured size'
  /** The fitted line at a size between two that were measured. */
  | 'fit'
  /** The fitted line at a size below or above all that were measured. */
  | 'fit outside measured n'

/** A value with its interval: the middle half of a measured size, else the fit's 95 % interval. */
export interface Extrapolated {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly basis: Basis
}

export interface ExtrapolationRow {
  readonly label: string
  readonly bearer: Bearer
  /** Number of meters of a neighbourhood. */
  readonly size: number
  readonly neighbourhoods: number
  /** Core-hours a day, of all meters or of all neighbourhoods' collecting roles; a string is the reason why there are none. */
  readonly coreHours: Extrapolated | string
  /** Bytes a day, sent and received. */
  readonly bytes: Extrapolated | string
}

/** Gives the cost of a reading in neighbourhoods of a size, times `factor`. */
function perReadingAt({ growth, bearer, metric, combinations }: GrowthRow, size: number, factor: number): Extrapolated | string {
  const runs = combinations.filter(({ n }) => n === size).flatMap(combination => combination.runs)
  const measured = spread(costsPerReading(runs, bearer, metric))
  if (measured) return { value: measured.median * factor, low: measured.q1 * factor, high: measured.q3 * factor, basis: 'measured size' }
  if (growth.kind === 'unfitted') return `n = ${size} not measured, and ${growth.reason}`
  const { value, low, high } = growth.at(size)
  const inside = size >= Math.min(...growth.sizes) && size <= Math.max(...growth.sizes)
  return { value: value * factor, low: low * factor, high: high * factor, basis: inside ? 'fit' : 'fit outside measured n' }
}

/** Gives the number of readings of a day, or the reason why it is unknown. */
function readingsPerDay(combinations: readonly Combination[]): number | string {
  const lengths = new Set(combinations.flatMap(({ runs }) => runs.map(({ slotSeconds }) => slotSeconds)))
  const [slotSeconds] = lengths
  if (lengths.size !== 1 || slotSeconds === undefined) return 'the runs have slots of several lengths'
  return (EXTRAPOLATED_METERS * DAY_SECONDS) / slotSeconds
}

/** Extrapolates to a day of a million meters, per series, role and size of neighbourhood. */
export function extrapolate(combinations: readonly Combination[]): readonly ExtrapolationRow[] {
  const rows = growthRows(combinations)
  return rows
    .filter(({ metric }) => metric === 'cpuMs')
    .flatMap(cpu => {
      const wire = rows.find(({ label, bearer, metric }) => label === cpu.label && bearer === cpu.bearer && metric === 'wireBytes')
      const readings = readingsPerDay(cpu.combinations)
      return EXTRAPOLATED_SIZES.map(size => ({
        label: cpu.label,
        bearer: cpu.bearer,
        size,
        neighbourhoods: EXTRAPOLATED_METERS / size,
        coreHours: typeof readings === 'string' ? readings : perReadingAt(cpu, size, readings / HOUR_MS),
        bytes: typeof readings === 'string' ? readings : wire ? perReadingAt(wire, size, readings) : 'no bytes were measured'
      }))
    })
}
