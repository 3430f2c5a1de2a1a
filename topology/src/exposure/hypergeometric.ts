// The hypergeometric distribution: how many colluders are among neighbours drawn at random.
import { InvalidArgumentError } from '@hushgrid/primitives'

/** ln k! for small k, where Stirling's series is not good enough. */
const SMALL: readonly number[] = Array.from({ length: 32 }, (_, k) => {
  let product = 1
  for (let i = 2; i <= k; i++) product *= i
  return Math.log(product)
})

/** ln k!, by Stirling's series from 32 on; the first term left out is below 2e-14. */
export function lnFactorial(k: number): number {
  if (k < SMALL.length) return SMALL[k] as number
  const square = k * k
  return k * Math.log(k) - k + Math.log(2 * Math.PI * k) / 2 + (1 / 12 - (1 / 360 - 1 / (1260 * square)) / square) / k
}

/** ln of the binomial coefficient; −∞ where it is zero. */
function lnChoose(n: number, k: number): number {
  return k < 0 || k > n ? Number.NEGATIVE_INFINITY : lnFactorial(n) - lnFactorial(k) - lnFactorial(n - k)
}

/** An urn without replacement: `draws` of `population`, of which `marked` are marked. */
export interface Urn {
  readonly population: number
  readonly marked: number
  readonly draws: number
}

/**
 * log2 P[more than `threshold` of the drawn are marked]: the tail of the hypergeometric distribution. Summed relative
 * to its largest term, so that nothing underflows; −Infinity where the event is impossible. For populations up to
 * 65,535 the result is right to 1e-8 bits.
 *
 * @throws InvalidArgumentError unless 0 <= marked, draws <= population
 */
export function log2TailAbove(urn: Urn, threshold: number): number {
  const { population, marked, draws } = urn
  checkUrn(urn)
  const least = Math.max(0, draws + marked - population)
  const most = Math.min(draws, marked)
  const from = Math.max(least, Math.floor(threshold) + 1)
  if (from > most) return Number.NEGATIVE_INFINITY
  if (from === least) return 0
  const mode = Math.floor(((draws + 1) * (marked + 1)) / (population + 2))
  const peak = Math.min(most, Math.max(from, mode))
  // P[k + 1] / P[k]
  const ratio = (k: number) => ((marked - k) * (draws - k)) / ((k + 1) * (population - marked - draws + k + 1))
  let sum = 1
  for (let k = peak, term = 1; k < most && term > 0; k++) {
    term *= ratio(k)
    sum += term
  }
  for (let k = peak, term = 1; k > from && term > 0; k--) {
    term /= ratio(k - 1)
    sum += term
  }
  const ln = lnChoose(marked, peak) + lnChoose(population - marked, draws - peak) - lnChoose(population, draws)
  return Math.min(0, (ln + Math.log(sum)) / Math.LN2)
}

/** log2 P[exactly so many of the drawn are marked]; −Infinity where that is impossible. */
export function log2Exactly(urn: Urn, count: number): number {
  const { population, marked, draws } = urn
  checkUrn(urn)
  return (lnChoose(marked, count) + lnChoose(population - marked, draws - count) - lnChoose(population, draws)) / Math.LN2
}

/** log2 of a sum of chances that are given as log2. */
export function log2Sum(chances: readonly number[]): number {
  const most = Math.max(...chances)
  if (most === Number.NEGATIVE_INFINITY) return most
  return most + Math.log2(chances.reduce((sum, each) => sum + 2 ** (each - most), 0))
}

/** log2 P[all of the drawn are marked]. */
export function log2AllMarked(urn: Urn): number {
  return log2TailAbove(urn, urn.draws - 1)
}

function checkUrn({ population, marked, draws }: Urn): void {
  for (const [name, value] of Object.entries({ marked, draws })) {
    if (!Number.isInteger(value) || value < 0 || value > population) {
      throw new InvalidArgumentError(name, `a whole number from 0 to ${population}`, String(value))
    }
  }
}
