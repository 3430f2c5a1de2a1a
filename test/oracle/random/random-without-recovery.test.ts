import { describe, expect, it } from 'vitest'
import { randomWithoutRecovery } from './edge-release.ts'
import { PATIENCE, RUNS, runRandom, SEED } from './judged.ts'

describe(`${RUNS} random scenarios without recovery (seed ${SEED})`, () => {
  it('give no wrong total, no second submission, no leak and no sum of too few (property)', { timeout: PATIENCE }, () => {
    const { exact, lost, judged, whole } = runRandom(randomWithoutRecovery, 'none')
    // The scenarios must be such that a good deal is recovered and a good deal is refused, mostly within the bounds.
    expect(exact).toBeGreaterThan(2 * RUNS)
    expect(lost).toBeGreaterThan(RUNS / 2)
    expect(judged).toBeGreaterThan(4 * RUNS)
    expect(whole).toBeGreaterThan(2 * RUNS)
  })
})
