// Check that runs had warmed up before they were measured: their costs must not fall any more.
import { median } from '@hushgrid/lab'
import { type Summary, summary } from './interval.ts'

/** Fewest slots of a run that show a course. */
export const LEAST_SLOTS = 4
/** Ratio of the first half's cost to the second's from which on a run counts as still warming up. */
const NOTICEABLE = 1.05

export interface WarmUp {
  /** Median cost of a run's first half of slots over that of its second half. */
  readonly ratio: Summary
  /** True where costs still fall: the whole interval, or without one every run, lies above a twentieth. */
  readonly falling: boolean
}

/**
 * Compares the halves of each run.
 *
 * @param courses - for each run the costs of its steady slots in order
 * @returns null where no run is long enough
 */
export function warmUpOf(courses: readonly (readonly number[])[]): WarmUp | null {
  const ratios = courses.flatMap(costs => {
    if (costs.length < LEAST_SLOTS) return []
    const half = costs.length >> 1
    const [first, second] = [median(costs.slice(0, half)), median(costs.slice(-half))]
    return first !== null && second !== null && second > 0 ? [first / second] : []
  })
  const ratio = summary(ratios)
  return ratio && { ratio, falling: ratio.count > 1 && ratio.low > NOTICEABLE }
}

/** Points whose costs still fall, and points of which that cannot be told. */
export interface WarmUpCheck<Point> {
  readonly falling: readonly { readonly point: Point; readonly ratio: Summary }[]
  /** Points without a run that is long enough. */
  readonly unchecked: readonly Point[]
}

/** Checks each point by the courses of its runs. */
export function warmUpCheck<Point>(
  points: readonly { readonly point: Point; readonly courses: readonly (readonly number[])[] }[]
): WarmUpCheck<Point> {
  const found = points.map(({ point, courses }) => ({ point, warmUp: warmUpOf(courses) }))
  return {
    falling: found.flatMap(({ point, warmUp }) => (warmUp?.falling ? [{ point, ratio: warmUp.ratio }] : [])),
    unchecked: found.flatMap(({ point, warmUp }) => (warmUp === null ? [point] : []))
  }
}
