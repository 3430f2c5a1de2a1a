// The model that corrects the typical day by ridge regression.
import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { rootMeanSquare } from 'simple-statistics'
import type { KnownLoad } from './load.ts'
import type { ForecastModel } from './model.ts'

/** Days of the same type in the typical day that the regression corrects. */
const TYPICAL_DAYS = 5
/** Earlier days that a day to learn from must have before it: all lags lie in them. */
const LEAST_LAGS = 7
/** Ridge penalties per row, for regressors of unit mean square: the grid that each forecast chooses from. */
const PENALTIES = [0.01, 0.03, 0.1, 0.3, 1, 3]
/** Last part of the known days, on which the penalty is chosen. */
const CHOOSING = 1 / 3
/** Time over which the last known hours still count, s. */
const RECENT_SECONDS = 3 * 3600

interface Row {
  readonly typical: number
  readonly regressors: readonly number[]
}

interface LearningRow extends Row {
  /** Total less the typical value. */
  readonly response: number
}

/**
 * The typical day, corrected by ridge regression (Hoerl and Kennard, Technometrics 12, 1970) of one set of coefficients
 * for all slots. The regressors, in Wh a contributor, are of two kinds. Deviations from their own typical day: of last
 * week's slot, yesterday's slot, yesterday as a whole and the last hours known, these with a weight that decays over the
 * hours ahead. Deviations from the typical value: of the neighbouring slots and of the mean of all same-type days. Lost
 * slots count as typical. The typical day carries the calendar (clock slot and type of day). The penalty is chosen on
 * the last third of the known days, learned from those before them.
 */
export const regression: ForecastModel = {
  name: 'ridge regression on lags and calendar',
  baseline: false,
  predict: known => known.once(regression, () => predict(known))
}

function predict(known: KnownLoad): Float64Array {
  const days: LearningRow[][] = []
  for (let day = known.firstDay + LEAST_LAGS; day < known.day; day++) {
    // Takes the response from the load known now, the regressors from the load known then.
    const actual = known.dayOf(day)
    const rows = rowsOf(known.before(day)).map((row, bin) => ({ ...row, response: (actual[bin] as number) - row.typical }))
    days.push(rows.filter(row => !Number.isNaN(row.response)))
  }
  const coefficients = learn(days)
  return Float64Array.from(rowsOf(known), row => row.typical + (coefficients ? dot(row.regressors, coefficients) : 0))
}

/** Gives one row for each clock slot of the day that `known` is to forecast. */
function rowsOf(known: KnownLoad): readonly Row[] {
  return known.once(rowsOf, () => makeRows(known))
}

function makeRows(known: KnownLoad): Row[] {
  const { day, bins } = known
  const typical = known.typicalDay(day, TYPICAL_DAYS)
  const longTypical = known.typicalDay(day, Number.POSITIVE_INFINITY)
  const lastWeek = known.dayOf(day - 7)
  const yesterday = known.dayOf(day - 1)
  const yesterdayTypical = known.typicalDay(day - 1, TYPICAL_DAYS)
  const yesterdayOff = yesterday.map((value, bin) => value - (yesterdayTypical[bin] as number))
  const wholeDay = meanKnown(yesterdayOff)
  const recent = Math.max(1, Math.round(RECENT_SECONDS / known.slotSeconds))
  const lastHours = meanKnown(yesterdayOff.filter(value => !Number.isNaN(value)).slice(-recent))
  return Array.from({ length: bins }, (_, bin) => {
    const at = typical[bin] as number
    const neighbours = ((typical[(bin + bins - 1) % bins] as number) + (typical[(bin + 1) % bins] as number)) / 2
    return {
      typical: at,
      regressors: [
        orTypical((lastWeek[bin] as number) - at),
        orTypical(yesterdayOff[bin] as number),
        wholeDay,
        lastHours * Math.exp(-bin / recent),
        neighbours - at,
        (longTypical[bin] as number) - at
      ]
    }
  })
}

function orTypical(off: number): number {
  return Number.isNaN(off) ? 0 : off
}

function meanKnown(values: Float64Array): number {
  const seen = values.filter(value => !Number.isNaN(value))
  return seen.length === 0 ? 0 : seen.reduce((sum, value) => sum + value, 0) / seen.length
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)
}

/** Learns the coefficients under the best penalty from all days; undefined where there is nothing to learn from. */
function learn(days: readonly (readonly LearningRow[])[]): readonly number[] | undefined {
  const split = Math.ceil(days.length * (1 - CHOOSING))
  const earlier = days.slice(0, split).flat()
  const later = days.slice(split).flat()
  if (earlier.length === 0) return undefined
  const solve = ridge(earlier)
  let best = { penalty: Number.NaN, error: Number.POSITIVE_INFINITY }
  for (const penalty of PENALTIES) {
    const coefficients = solve(penalty)
    const error = later.reduce((sum, row) => sum + (row.response - dot(row.regressors, coefficients)) ** 2, 0)
    if (error < best.error) best = { penalty, error }
  }
  return ridge([...earlier, ...later])(best.penalty)
}

/** Computes ridge regression without an intercept, by its normal equations: the coefficients under a penalty. */
function ridge(rows: readonly LearningRow[]): (penalty: number) => readonly number[] {
  const count = (rows[0] as LearningRow).regressors.length
  // Leaves out a regressor that never moved, for which any scale will do.
  const scales = Array.from({ length: count }, (_, i) => rootMeanSquare(rows.map(row => row.regressors[i] as number)) || 1)
  const x = new Matrix(rows.map(row => row.regressors.map((value, i) => value / (scales[i] as number))))
  const transposed = x.transpose()
  const squares = transposed.mmul(x)
  const products = transposed.mmul(Matrix.columnVector(rows.map(row => row.response)))
  return penalty => {
    const penalised = Matrix.add(squares, Matrix.eye(count, count, penalty * rows.length))
    const solution = new CholeskyDecomposition(penalised).solve(products).to1DArray()
    return solution.map((value, i) => value / (scales[i] as number))
  }
}
