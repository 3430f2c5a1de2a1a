// Exposure formulas against counting every placement, and against simulation.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chanceOfSmallPart } from '../src/exposure/arrangements.ts'
import { type ExposureSummary, exposureSummary } from '../src/exposure/exposure.ts'
import type { ExposureKind } from '../src/exposure/exposure-meaning.ts'
import { colludersAround, partSizes } from '../src/exposure/exposure-simulation.ts'
import { colludersInWholeSums, colludersTolerated, type RecoveryMode } from '../src/ring/recovery.ts'
import { componentSizes, markedAround, placements } from './graph.ts'

const figure = (summary: ExposureSummary, kind: ExposureKind) => {
  const found = summary.figures.find(each => each.kind === kind)
  if (!found) throw new Error(`no figure ${kind}`)
  return found
}

/** Expected number and chance of any, over every placement. */
function enumerate(n: number, colluding: number, exposed: (position: number, colludes: Uint8Array) => boolean) {
  let all = 0
  let sum = 0
  let some = 0
  for (const colludes of placements(n, colluding)) {
    const hits = [...colludes.keys()].filter(p => !colludes[p] && exposed(p, colludes)).length
    all++
    sum += hits
    if (hits > 0) some++
  }
  return { expected: sum / all, any: some / all }
}

describe('formulas against every placement', () => {
  const cases: [number, number, number][] = [
    [11, 2, 1],
    [11, 2, 3],
    [11, 2, 6],
    [11, 2, 9],
    [11, 4, 4],
    [11, 4, 6],
    [11, 6, 7],
    [11, 8, 8],
    [10, 10, 7],
    [10, 10, 8],
    [5, 2, 4]
  ]

  it.each(cases)('n = %i, degree %i, %i colluding: parts', (n, degree, colluding) => {
    const summary = exposureSummary({ members: n, degree, collusion: colluding / n, recovery: 'none' })
    expect(summary.colluding).toBe(colluding)
    for (const [kind, below] of [
      ['reading-alone', 2],
      ['few-in-sum', 3]
    ] as const) {
      const sizes = new Map<Uint8Array, Map<number, number>>()
      const truth = enumerate(n, colluding, (p, colludes) => {
        if (!sizes.has(colludes)) sizes.set(colludes, componentSizes(colludes, degree))
        return (sizes.get(colludes)?.get(p) as number) < below
      })
      const { expected, any, anyIs } = figure(summary, kind)
      expect(expected).toBeCloseTo(truth.expected, 10)
      expect(anyIs).toBe('exact')
      expect(any).toBeCloseTo(truth.any, 12)
    }
  })

  it.each(cases)('n = %i, degree %i, %i colluding: thresholds', (n, degree, colluding) => {
    for (const recovery of ['edge-release', 'double-mask'] as const) {
      const summary = exposureSummary({ members: n, degree, collusion: colluding / n, recovery })
      for (const [kind, honest] of [
        ['reading-unprotected', 2],
        ['few-unprotected', 3]
      ] as const) {
        const tolerated = colludersTolerated(recovery, Math.min(degree, n - 1), honest)
        const truth = enumerate(n, colluding, (p, colludes) => markedAround(p, colludes, degree) > tolerated)
        const { expected, any, anyIs } = figure(summary, kind)
        expect(expected).toBeCloseTo(truth.expected, 10)
        if (anyIs === 'exact') expect(any).toBeCloseTo(truth.any, 12)
        else expect(any).toBeGreaterThanOrEqual(truth.any - 1e-12)
      }
    }
  })

  it.each([
    [11, 2, 2, 2],
    [11, 4, 1, 4],
    [10, 10, 3, 5]
  ])('n = %i, degree %i, %i colluding, %i absent: absent members part the others as colluding ones do', (n, degree, colluding, absent) => {
    const summary = exposureSummary({ members: n, degree, collusion: colluding / n, absent, recovery: 'edge-release' })
    expect(summary).toMatchObject({ colluding, absent, honestMeters: n - colluding - absent })
    // Whoever is gone, each choice of the colluding among them is as likely as another.
    const truth = enumerate(n, colluding + absent, (p, gone) => (componentSizes(gone, degree).get(p) as number) < 3)
    expect(figure(summary, 'few-in-sum').expected).toBeCloseTo(truth.expected, 10)
    expect(figure(summary, 'few-in-sum').any).toBeCloseTo(truth.any, 12)
    // An absent neighbour does not collude: of the honest members only those that are present count.
    const bound = colludersTolerated('edge-release', Math.min(degree, n - 1))
    const all = enumerate(n, colluding, (p, colludes) => markedAround(p, colludes, degree) > bound)
    const present = (n - colluding - absent) / (n - colluding)
    expect(figure(summary, 'few-unprotected').expected).toBeCloseTo(all.expected * present, 10)
  })

  it('part-unprotected is that more than t - d/2 - 1 neighbours collude', () => {
    // t = 13 of d = 18; t = 7 of d = 9
    for (const [n, degree, tolerated] of [
      [50, 18, 3],
      [10, 10, 1]
    ] as const) {
      expect(colludersInWholeSums('double-mask', Math.min(degree, n - 1))).toBe(tolerated)
      const summary = exposureSummary({ members: n, degree, collusion: 0.2, recovery: 'double-mask' })
      expect(figure(summary, 'part-unprotected').meaning).toMatch(new RegExp(`^more than ${tolerated} of \\d+ mask neighbours collude`))
    }
    const truth = enumerate(12, 3, (p, colludes) => markedAround(p, colludes, 6) > 1)
    const summary = exposureSummary({ members: 12, degree: 6, collusion: 3 / 12, recovery: 'double-mask' })
    expect(figure(summary, 'part-unprotected').expected).toBeCloseTo(truth.expected, 10)
    expect(colludersInWholeSums('edge-release', 18)).toBeUndefined()
  })

  it('reading-alone is that all d neighbours collude, as section 7 has it', () => {
    const summary = exposureSummary({ members: 12, degree: 4, collusion: 0.5, recovery: 'none' })
    const truth = enumerate(12, 6, (p, colludes) => markedAround(p, colludes, 4) === 4)
    expect(truth.any).toBeGreaterThan(0)
    expect(figure(summary, 'reading-alone').any).toBeCloseTo(truth.any, 12)
    expect(figure(summary, 'reading-alone').expected).toBeCloseTo(truth.expected, 10)
  })
})

describe('chanceOfSmallPart', () => {
  it('is certain where all honest members are too few', () => {
    expect(chanceOfSmallPart({ honest: 2, colluding: 3, reach: 5 }, 3)).toBe(1)
    expect(chanceOfSmallPart({ honest: 3, colluding: 3, reach: 5 }, 3)).toBe(0)
  })
})

describe('exposureSummary', () => {
  it('tells the plain ring of 50 apart from the degree of auto', () => {
    const plain = exposureSummary({ members: 50, degree: 2, collusion: 0.1, recovery: 'edge-release' })
    // 45 · (5 · 4)/(49 · 48)
    expect(figure(plain, 'reading-alone').expected).toBeCloseTo((45 * 20) / (49 * 48), 12)
    expect(figure(plain, 'few-unprotected')).toMatchObject({ expected: 45, any: 1, anyIs: 'exact' })
    const auto = exposureSummary({ members: 50, degree: 14, collusion: 0.1, recovery: 'edge-release' })
    for (const each of auto.figures) expect(each).toMatchObject({ expected: 0, any: 0, anyIs: 'exact' })
  })

  it('gives recovery its own figures, which contain the others', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 60 }),
        fc.integer({ min: 1, max: 10 }),
        fc.double({ min: 0, max: 0.8, noNaN: true }),
        fc.constantFrom<RecoveryMode>('none', 'edge-release', 'double-mask'),
        (members, half, collusion, recovery) => {
          const summary = exposureSummary({ members, degree: 2 * half, collusion, recovery })
          const kinds = summary.figures.map(each => each.kind)
          const always = ['reading-alone', 'few-in-sum']
          const byLies = recovery === 'none' ? [] : ['reading-unprotected', 'few-unprotected']
          expect(kinds).toEqual([...always, ...byLies, ...(recovery === 'double-mask' ? ['part-unprotected'] : [])])
          const expected = (kind: ExposureKind) => figure(summary, kind).expected
          expect(expected('reading-alone')).toBeLessThanOrEqual(expected('few-in-sum') + 1e-9)
          if (recovery !== 'none') {
            expect(expected('reading-alone')).toBeLessThanOrEqual(expected('reading-unprotected') + 1e-9)
            expect(expected('reading-unprotected')).toBeLessThanOrEqual(expected('few-unprotected') + 1e-9)
            expect(expected('few-in-sum')).toBeLessThanOrEqual(expected('few-unprotected') + 1e-9)
          }
          if (recovery === 'double-mask') expect(expected('few-unprotected')).toBeLessThanOrEqual(expected('part-unprotected') + 1e-9)
          for (const { expected: mean, any } of summary.figures) {
            expect(any).toBeLessThanOrEqual(1)
            // A mean number is at least the chance of one, and at most that chance times everybody.
            expect(mean).toBeGreaterThanOrEqual(any - 1e-9)
            expect(mean).toBeLessThanOrEqual(any * summary.honestMeters + 1e-9)
          }
        }
      )
    )
  })

  it('is exact to 1,024 members, and a bound beyond', () => {
    const at = (members: number) => figure(exposureSummary({ members, degree: 4, collusion: 0.1, recovery: 'none' }), 'reading-alone')
    const exact = at(1024)
    const beyond = at(1025)
    expect(exact.anyIs).toBe('exact')
    expect(beyond.anyIs).toBe('upper bound')
    expect(exact.any).toBeLessThan(exact.expected)
    expect(beyond.any).toBeCloseTo(beyond.expected, 12)
    expect(Math.abs(exact.any - beyond.any)).toBeLessThan(0.01)
  })

  it('refuses what cannot be', () => {
    const good = { members: 10, degree: 2, collusion: 0.1, recovery: 'none' as const }
    expect(() => exposureSummary({ ...good, degree: 3 })).toThrow('degree: expected')
    expect(() => exposureSummary({ ...good, collusion: 1 })).toThrow('collusion: expected')
    expect(() => exposureSummary({ ...good, absent: 10 })).toThrow('absent: expected a whole number from 0 to 9, got 10')
    expect(() => exposureSummary({ ...good, cuts: 11 })).toThrow('cuts: expected a whole number from 0 to 10, got 11')
    expect(() => exposureSummary({ ...good, honest: 1 })).toThrow('honest: expected')
    expect(() => exposureSummary(good, { trials: 0, seed: '' })).toThrow('trials: expected')
  })
})

describe('simulation', () => {
  it('agrees with the formulas, within its intervals', () => {
    for (const [members, degree, collusion, recovery, absent] of [
      [50, 2, 0.1, 'edge-release', 0],
      [50, 4, 0.1, 'double-mask', 8],
      [30, 4, 0.4, 'double-mask', 0],
      [100, 8, 0.5, 'edge-release', 0],
      [20, 20, 0.9, 'edge-release', 1]
    ] as const) {
      const summary = exposureSummary({ members, degree, collusion, recovery, absent }, { trials: 4000, seed: 'agreement' })
      expect(summary).toMatchObject({ trials: 4000, seed: 'agreement' })
      for (const { expected, any, anyIs, simulated } of summary.figures) {
        if (!simulated) throw new Error('not simulated')
        const [from, to] = simulated.expectedInterval
        // A 95 % interval misses once in twenty; twice its width practically never.
        const margin = (to - from) / 2 + 1e-9
        expect(expected).toBeGreaterThan(from - margin)
        expect(expected).toBeLessThan(to + margin)
        const [least, most] = simulated.anyInterval
        expect(any).toBeGreaterThan(least - (most - least) / 2 - 1e-9)
        if (anyIs === 'exact') expect(any).toBeLessThan(most + (most - least) / 2 + 1e-9)
        expect(simulated.any).toBeGreaterThanOrEqual(least)
        expect(simulated.any).toBeLessThanOrEqual(most)
      }
    }
  })

  it('has intervals that hold the truth about 95 times in 100', () => {
    let meanHeld = 0
    let anyHeld = 0
    for (let run = 0; run < 200; run++) {
      const summary = exposureSummary({ members: 30, degree: 2, collusion: 0.2, recovery: 'none' }, { trials: 150, seed: `run ${run}` })
      const { expected, any, simulated } = figure(summary, 'reading-alone')
      if (!simulated) throw new Error('not simulated')
      if (simulated.expectedInterval[0] <= expected && expected <= simulated.expectedInterval[1]) meanHeld++
      if (simulated.anyInterval[0] <= any && any <= simulated.anyInterval[1]) anyHeld++
    }
    // 190 expected, standard deviation 3.
    for (const held of [meanHeld, anyHeld]) {
      expect(held).toBeGreaterThan(177)
      expect(held).toBeLessThan(200)
    }
  })

  it('is the same for the same seed and another for another', () => {
    const run = (seed: string) =>
      exposureSummary({ members: 40, degree: 2, collusion: 0.2, recovery: 'none' }, { trials: 500, seed }).figures.map(
        each => each.simulated
      )
    expect(run('a')).toEqual(run('a'))
    expect(run('a')).not.toEqual(run('b'))
  })

  it('does not claim certainty from having seen nothing', () => {
    const summary = exposureSummary({ members: 50, degree: 8, collusion: 0.1, recovery: 'none' }, { trials: 100, seed: 'x' })
    const { simulated } = figure(summary, 'reading-alone')
    expect(simulated).toMatchObject({ expected: 0, any: 0 })
    // Wilson's upper end with nothing seen is z²/(trials + z²); in a placement not seen all 45 may be exposed.
    const upper = 1.959964 ** 2 / (100 + 1.959964 ** 2)
    expect(simulated?.anyInterval).toEqual([0, expect.closeTo(upper, 9)])
    expect(simulated?.expectedInterval).toEqual([0, expect.closeTo(45 * upper, 9)])
  })

  it('looks at the ring as a walk through the graph does', () => {
    const ring = fc.uint8Array({ minLength: 2, maxLength: 30, max: 1 })
    fc.assert(
      fc.property(ring, fc.integer({ min: 1, max: 16 }), (colludes, half) => {
        const degree = 2 * half
        const neighbours = Math.min(degree, colludes.length - 1)
        const parts = partSizes(colludes, neighbours)
        const walked = componentSizes(colludes, degree)
        const around = colludersAround(colludes, neighbours)
        colludes.forEach((bit, p) => {
          if (!bit) expect(parts[p]).toBe(walked.get(p))
          expect(around[p]).toBe(markedAround(p, colludes, degree))
        })
      }),
      { numRuns: 500 }
    )
  })
})
