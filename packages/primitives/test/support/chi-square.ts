/** Pearson's statistic of counts that should all be the same. */
export function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

/**
 * What the statistic exceeds by chance about once in 30,000 times (four deviations, by Wilson and Hilferty). The seeds are
 * fixed, so a test either always passes or never does.
 */
export function chiSquareLimit(degreesOfFreedom: number): number {
  const spread = 2 / (9 * degreesOfFreedom)
  return degreesOfFreedom * (1 - spread + 4 * Math.sqrt(spread)) ** 3
}
