// Rings that the bounds of the DC-net are computed for: those of the runs, else some of usual size.
import { completeDegree, DEFAULT_FRACTION } from '@hushgrid/topology'
import type { Scene } from './scene.ts'

const USUAL_SIZES = [50, 100, 200] as const
/** Sizes that share a panel without a tangle. */
const MOST_SIZES = 4
const LARGEST_DEGREE = 64

/** Gives some sizes of the runs with masks, ascending, the smallest and largest among them. */
export function ringsIn({ runs }: Scene): readonly number[] {
  const sizes = [...new Set(runs.filter(({ point }) => point.degree !== null && point.n > 3).map(({ point }) => point.n))].sort(
    (a, b) => a - b
  )
  if (sizes.length === 0) return USUAL_SIZES
  if (sizes.length <= MOST_SIZES) return sizes
  const step = (sizes.length - 1) / (MOST_SIZES - 1)
  return Array.from({ length: MOST_SIZES }, (_, i) => sizes[Math.round(i * step)] as number)
}

/** Gives the colluding fractions of the runs, ascending, or the protocol's default. */
export function collusionsIn({ runs }: Scene): readonly number[] {
  const gammas = [...new Set(runs.flatMap(({ point }) => point.gamma ?? []))].sort((a, b) => a - b)
  return gammas.length > 0 ? gammas : [DEFAULT_FRACTION]
}

/** Gives degrees for a figure, up to the complete graph: all even ones where they are few, then every fourth. */
export function degreesUpTo(members: number): readonly number[] {
  return evenDegrees(Math.min(LARGEST_DEGREE, completeDegree(members))).filter(degree => degree <= 8 || degree % 4 === 0)
}

/** Gives 2, 4, … up to a degree. */
export function evenDegrees(last: number): readonly number[] {
  return Array.from({ length: Math.floor(last / 2) }, (_, i) => 2 * (i + 1))
}
