// The degree solver against exact counts and simulation.
import { SeededRng } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { assessDegree, type DegreeAssessment, type DegreeParameters, fractionOf, MAX_AUTO_DEGREE, solveDegree } from '../src/ring/degree.ts'
import { type RecoveryMode, shareThreshold } from '../src/ring/recovery.ts'
import { neighbourPositions } from '../src/ring/ring.ts'
import { componentSizes, markedAround, placements } from './graph.ts'

const planned = (members: number, recovery: RecoveryMode, dropout = 0.1, collusion = 0.1): DegreeParameters => ({
  members,
  recovery,
  dropout,
  collusion
})

const bound = (assessment: DegreeAssessment, number: 1 | 2 | 3): number =>
  2 ** (assessment.conditions.find(condition => condition.number === number)?.log2 ?? Number.NaN)

describe('solveDegree', () => {
  it.each([
    [50, 0.1, 'edge-release', 14],
    [50, 0.1, 'double-mask', 18],
    [100, 0.1, 'edge-release', 24],
    [100, 0.1, 'double-mask', 32],
    [50, 0.3, 'edge-release', 30],
    [50, 0.3, 'double-mask', 46]
  ] as const)('gives the figures agreed for n = %i, δ = %f, %s: %i', (n, dropout, recovery, degree) => {
    const solution = solveDegree(planned(n, recovery, dropout))
    expect(solution).toMatchObject({ found: true, degree, because: 'smallest', assessment: { degree, holds: true } })
  })

  it.each([2, 3, 6, 10, 29, 30])('takes the complete graph for %i members', n => {
    for (const recovery of ['none', 'edge-release', 'double-mask'] as const) {
      const solution = solveDegree(planned(n, recovery))
      expect(solution).toMatchObject({ found: true, because: 'small', assessment: { complete: true, neighbours: n - 1 } })
    }
  })

  it('says when a small complete graph does not meet the conditions', () => {
    const solution = solveDegree(planned(10, 'edge-release', 0.1, 0.5))
    expect(solution).toMatchObject({ found: true, degree: 10, assessment: { holds: false } })
    expect(solution.assessment.conditions.filter(each => !each.holds).map(each => each.number)).toEqual([3])
  })

  it('says how far sums are whole components with double mask', () => {
    // t = 13 of d = 18, so 13 - 9 - 1 may collude; of a meter's 49 others 5 do, and 45 are honest.
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k)
    const more = [4, 5].reduce((sum, k) => sum + choose(5, k) * choose(44, 18 - k), 0) / choose(49, 18)
    const { wholeSums } = assessDegree(18, planned(50, 'double-mask'))
    expect(wholeSums).toEqual({ tolerated: 3, expected: expect.closeTo(45 * more, 9) })
    expect(assessDegree(18, planned(50, 'edge-release')).wholeSums).toBeUndefined()
    expect(assessDegree(2, planned(50, 'double-mask')).wholeSums).toEqual({
      tolerated: 0,
      expected: expect.closeTo((45 * 2 * 5 * 44 + 45 * 20) / (49 * 48), 9)
    })
  })

  it('finds the smallest: no smaller even degree meets the conditions', () => {
    for (const n of [31, 64, 200, 1000]) {
      for (const recovery of ['none', 'edge-release', 'double-mask'] as const) {
        const solution = solveDegree(planned(n, recovery))
        if (!solution.found) throw new Error('expected a degree')
        expect(solution.degree).toBeLessThanOrEqual(MAX_AUTO_DEGREE)
        for (let degree = 2; degree < solution.degree; degree += 2) expect(assessDegree(degree, planned(n, recovery)).holds).toBe(false)
      }
    }
  })

  it('says which condition fails when no degree fits', () => {
    const missing = solveDegree(planned(1000, 'double-mask', 0.4))
    expect(missing).toMatchObject({ found: false, triedUpTo: 254, failing: [{ number: 2, limit: -20, holds: false }] })
    const surrounded = solveDegree(planned(1000, 'edge-release', 0.1, 0.5))
    expect(surrounded).toMatchObject({ found: false, failing: [{ number: 3, limit: -40 }] })
    const small = solveDegree(planned(40, 'edge-release', 0.6, 0.1))
    expect(small).toMatchObject({ found: false, triedUpTo: 40, failing: [{ number: 2, log2: 0 }] })
    const nobody = solveDegree(planned(40, 'none', 0.5, 0.45))
    expect(nobody).toMatchObject({ found: false, failing: [{ number: 1, log2: 0 }] })
  })

  it('leaves condition 2 out without recovery', () => {
    const none = assessDegree(14, planned(50, 'none', 0.3))
    const release = assessDegree(14, planned(50, 'edge-release', 0.3))
    expect(none.conditions.map(each => each.number)).toEqual([1, 3])
    expect(release.conditions.filter(each => each.number !== 2)).toEqual(none.conditions)
  })

  it('takes σ and h into account', () => {
    const base = planned(1000, 'edge-release')
    const degree = (more: Partial<DegreeParameters>) => solveDegree({ ...base, ...more }).assessment.degree
    expect(degree({ sigma: 20 })).toBeLessThan(degree({}))
    expect(degree({ sigma: 60 })).toBeGreaterThan(degree({}))
    expect(degree({ honest: 5 })).toBeGreaterThan(degree({}))
  })

  it('refuses parameters out of range', () => {
    expect(() => solveDegree(planned(1, 'none'))).toThrow('members: expected')
    expect(() => solveDegree(planned(50, 'none', 1))).toThrow('dropout: expected a fraction from 0 to below 1, got 1')
    expect(() => solveDegree(planned(50, 'none', 0.1, -0.1))).toThrow('collusion: expected')
    expect(() => solveDegree({ ...planned(50, 'none'), sigma: 0 })).toThrow('sigma: expected')
    expect(() => solveDegree({ ...planned(50, 'none'), honest: 0 })).toThrow('honest: expected')
  })

  it('counts ceil(fraction · n) without floating-point dust', () => {
    expect(fractionOf(100, 0.07, 'x')).toBe(7)
    expect(0.07 * 100).toBeGreaterThan(7)
    expect(fractionOf(50, 0.1, 'x')).toBe(5)
    expect(fractionOf(51, 0.1, 'x')).toBe(6)
    expect(fractionOf(10, 0, 'x')).toBe(0)
    expect(fractionOf(1000, 1e-6, 'x')).toBe(1)
  })
})

describe('the bounds against every placement of a small ring', () => {
  // With n = 12 all placements can be walked through, and a bound must lie above the true chance, and not far.
  it.each([
    [2, 2],
    [2, 5],
    [4, 4],
    [4, 5],
    [6, 6],
    [6, 8]
  ])('condition 1: degree %i, %i of 12 gone', (degree, gone) => {
    let all = 0
    let apart = 0
    for (const marked of placements(12, gone)) {
      all++
      if (new Set([...componentSizes(marked, degree).values()]).size > 1 || anyBelow(marked, degree)) apart++
    }
    // γ = gone/12 and nobody missing makes `gone` members go.
    const claimed = bound(assessDegree(degree, { members: 12, collusion: gone / 12, dropout: 0, recovery: 'none' }), 1)
    expect(apart / all).toBeLessThanOrEqual(claimed + 1e-12)
    if (claimed < 0.5) expect(claimed).toBeLessThan(3 * (apart / all))
  })

  function anyBelow(marked: Uint8Array, degree: number): boolean {
    const left = marked.filter(bit => !bit).length
    return [...componentSizes(marked, degree).values()].some(size => size < left)
  }
})

describe('the bounds against simulation', () => {
  const TRIALS = 4000
  /** Four standard deviations of a frequency around p. */
  const slack = (p: number) => 4 * Math.sqrt(Math.max(p, 1 / TRIALS) / TRIALS)

  /** Frequencies with which each condition fails, with colluding and missing members at random places. */
  function simulate(n: number, degree: number, parameters: DegreeParameters, needed: number, tolerated: number) {
    const rng = new SeededRng(`bounds ${n} ${degree} ${parameters.recovery}`)
    const { colluding, missing } = assessDegree(degree, parameters)
    const around = Array.from({ length: n }, (_, p) => neighbourPositions(p, n, degree))
    const failures = [0, 0, 0]
    for (let trial = 0; trial < TRIALS; trial++) {
      const places = rng.shuffled(Array.from({ length: n }, (_, p) => p))
      const colludes = new Uint8Array(n)
      const absent = new Uint8Array(n)
      places.slice(0, colluding).forEach(p => {
        colludes[p] = 1
      })
      places.slice(colluding, colluding + missing).forEach(p => {
        absent[p] = 1
      })
      const gone = colludes.map((bit, p) => bit | (absent[p] as number))
      const left = n - colluding - missing
      if ([...componentSizes(gone, degree).values()].some(size => size < left)) failures[0] = (failures[0] as number) + 1
      const count = (p: number, marked: Uint8Array) => (around[p] as number[]).filter(q => marked[q]).length
      const positions = [...around.keys()]
      if (positions.some(p => !absent[p] && degree - count(p, absent) < needed)) failures[1] = (failures[1] as number) + 1
      if (positions.some(p => !colludes[p] && count(p, colludes) > tolerated)) failures[2] = (failures[2] as number) + 1
    }
    return failures.map(failed => failed / TRIALS) as [number, number, number]
  }

  it.each([
    // f = 3, c = 1
    { n: 40, degree: 6, recovery: 'edge-release', collusion: 0.15, dropout: 0.15, needed: 3, tolerated: 1, visible: [1, 2] },
    // f = 4, c = 2
    { n: 60, degree: 8, recovery: 'edge-release', collusion: 0.05, dropout: 0.15, needed: 4, tolerated: 2, visible: [2, 3] },
    // f = 6, c = 4
    { n: 60, degree: 12, recovery: 'edge-release', collusion: 0.1, dropout: 0.2, needed: 6, tolerated: 4, visible: [2, 3] },
    // t = 5, c = 10 − 6 − 2 = 2
    { n: 60, degree: 6, recovery: 'double-mask', collusion: 0.05, dropout: 0.15, needed: 5, tolerated: 2, visible: [1, 3] },
    // t = 10, c = 20 − 14 − 2 = 4
    { n: 60, degree: 14, recovery: 'double-mask', collusion: 0.1, dropout: 0.1, needed: 10, tolerated: 4, visible: [2, 3] },
    // f = 2, c = 0: everything fails often
    { n: 40, degree: 4, recovery: 'edge-release', collusion: 0.1, dropout: 0.2, needed: 2, tolerated: 0, visible: [] }
  ] as const)('n = $n, degree $degree, $recovery', ({ n, degree, recovery, collusion, dropout, needed, tolerated, visible }) => {
    const parameters = { members: n, collusion, dropout, recovery }
    const assessment = assessDegree(degree, parameters)
    const frequencies = simulate(n, degree, parameters, needed, tolerated)
    for (const number of [1, 2, 3] as const) {
      const claimed = bound(assessment, number)
      const frequency = frequencies[number - 1] as number
      expect(frequency).toBeLessThanOrEqual(claimed + slack(claimed))
    }
    // Where the chance is small enough for the union bound and large enough to be seen, the bound is near the truth.
    for (const number of visible) {
      const frequency = frequencies[number - 1] as number
      expect(frequency).toBeGreaterThan(0)
      expect(bound(assessment, number)).toBeLessThan(3 * frequency + slack(frequency))
    }
  })

  it('counts neighbours as the bound does', () => {
    const marked = Uint8Array.from([1, 0, 0, 1, 0, 0, 0, 0, 0, 1])
    expect(markedAround(1, marked, 4)).toBe(3)
    expect(shareThreshold(18)).toBe(13)
  })
})
