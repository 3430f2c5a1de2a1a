// Timing of short pieces of work: medians over several rounds, with the middle half of them.

import { spread } from '@hushgrid/lab'
import { HushgridError } from '@hushgrid/primitives'

/** First and third quartile: half of the rounds lie between them. */
export interface MiddleHalf {
  readonly q1: number
  readonly q3: number
}

/** Figure of the benchmark. Less is better for every figure. */
export interface Figure {
  readonly name: string
  /** Unit of `value`. */
  readonly unit: string
  /** Median of the rounds. */
  readonly value: number
  /** Spread of the values; missing where there was one round. */
  readonly spread?: MiddleHalf
  /** True for a size or a number of operations: without noise, so that every difference between two runs is real. */
  readonly counted?: boolean
  /** Name of the floor that it is compared with in the same run. */
  readonly floor?: string
  /** Median of the floor's rounds, in `unit`. */
  readonly floorValue?: number
  /** Median of the rounds as multiples of the floor's. */
  readonly ratio?: number
  readonly ratioSpread?: MiddleHalf
  /** Speed as a multiple of the step before, where figures are successive steps. */
  readonly gain?: number
  /** Most that the ratio should be, or the value where there is no ratio. */
  readonly goal?: number
  /** Number of rounds that the median is over. */
  readonly runs: number
  readonly note?: string
  /** What disturbed its measuring, in words; left out where nothing did. */
  readonly disturbed?: string
}

/** Name and unit of a figure, without its values. */
export type FigureName = Pick<Figure, 'name' | 'unit' | 'counted' | 'gain' | 'goal' | 'note' | 'disturbed'>

/** Floor of a figure: values of the same rounds. */
export interface Floor {
  readonly name: string
  readonly values: readonly number[]
}

/** Computes median and middle half; quartiles as `pnpm compare` has them. */
function summary(values: readonly number[]): { readonly median: number; readonly half?: MiddleHalf } {
  const { median = Number.NaN, q1 = median, q3 = median, count = 0 } = spread(values) ?? {}
  return count > 1 ? { median, half: { q1, q3 } } : { median }
}

/**
 * Makes a figure of the values of its rounds.
 *
 * @throws HushgridError where nothing was measured
 */
export function figure(what: FigureName, values: readonly number[], floor?: Floor): Figure {
  const { median, half } = summary(values)
  if (!values.every(Number.isFinite) || values.length === 0) throw new HushgridError(`${what.name}: expected a value a round, got none`)
  const own = { ...what, value: median, ...(half && !what.counted ? { spread: half } : {}), runs: values.length }
  if (!floor) return own
  const ratios = values.map((value, i) => value / (floor.values[i] ?? Number.NaN))
  if (!ratios.every(Number.isFinite)) throw new HushgridError(`${what.name}: expected a floor that takes time, got none`)
  const ratio = summary(ratios)
  return {
    ...own,
    floor: floor.name,
    floorValue: summary(floor.values).median,
    ratio: ratio.median,
    ...(ratio.half ? { ratioSpread: ratio.half } : {})
  }
}

/** Work to time. Its result is kept for a moment, so that the compiler cannot leave it out. */
export type Work = () => unknown

const kept: [unknown] = [undefined]

/** Measures the microseconds a call takes, a value a round. */
export function microseconds(rounds: number, calls: number, work: Work): number[] {
  for (let i = 0; i < calls / 10; i++) kept[0] = work()
  const out: number[] = []
  for (let round = 0; round < rounds; round++) {
    const begin = process.hrtime.bigint()
    for (let i = 0; i < calls; i++) kept[0] = work()
    out.push(Number(process.hrtime.bigint() - begin) / 1000 / calls)
  }
  return out
}

/**
 * Length of the warm-up, ms. Not a number of calls: V8 compiles short work to its last stage only after tens of thousands of
 * calls, and on another thread, which may have to wait for a core.
 */
const WARM_UP_MS = 300
/** Least rounds for figures that mean something; fewer only show that everything runs. */
const LEAST_ROUNDS = 3

function warmUp(work: Work, ms: number): void {
  const end = performance.now() + ms
  do kept[0] = work()
  while (performance.now() < end)
}

/** Times two pieces of work in turn, round by round, so that a change of the machine's speed meets both; µs a call. */
export function inTurn(rounds: number, calls: number, work: Work, floor: Work): { ours: number[]; floor: number[] } {
  const ours: number[] = []
  const theirs: number[] = []
  for (const each of [work, floor]) warmUp(each, rounds < LEAST_ROUNDS ? 0 : WARM_UP_MS)
  for (let round = 0; round < rounds; round++) {
    ours.push(...microseconds(1, calls, work))
    theirs.push(...microseconds(1, calls, floor))
  }
  return { ours, floor: theirs }
}

/** Work beside its floor. */
export interface Comparison {
  readonly rounds: number
  /** Number of calls in a round. */
  readonly calls: number
  readonly work: Work
  readonly floorName: string
  readonly floor: Work
  /** Number of protocol calls that one call of `work` makes; 1 where missing. */
  readonly parts?: number
}

/** Makes a figure in µs of work that is timed in turn with its floor. */
export function comparedFigure(what: Omit<FigureName, 'unit'>, comparison: Comparison): Figure {
  const { rounds, calls, work, floorName, floor, parts = 1 } = comparison
  const { ours, floor: theirs } = inTurn(rounds, calls, work, floor)
  const each = (values: readonly number[]): number[] => values.map(value => value / parts)
  return figure({ ...what, unit: 'µs' }, each(ours), { name: floorName, values: each(theirs) })
}
