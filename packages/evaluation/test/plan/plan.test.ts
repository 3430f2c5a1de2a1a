// The plan of an evaluation: each point once, and only such as make sense for its contender.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EvaluationFields } from '../../src/file/evaluation-schema.ts'
import { GROUPS, traitsOf } from '../../src/plan/contender-traits.ts'
import { evaluationPlan } from '../../src/plan/plan.ts'
import { runName, runTitle } from '../../src/plan/run-name.ts'
import { TimeLeft } from '../../src/plan/time-left.ts'
import type { RunPoint } from '../../src/record/run.ts'

const plan = (fields: Partial<EvaluationFields>) => evaluationPlan({ name: 'test', about: 'A test.', ...fields })
const pointsOf = (fields: Partial<EvaluationFields>): RunPoint[] => plan({ repeats: 1, ...fields }).orders.map(({ point }) => point)

describe('traits', () => {
  it('follow from facts', () => {
    const known = GROUPS.all.map(name => traitsOf(name))
    const named = (of: (traits: NonNullable<ReturnType<typeof traitsOf>>) => boolean) =>
      known.flatMap(traits => (traits && of(traits) ? [traits.name] : []))
    expect(named(({ degreeIn }) => degreeIn.includes('simulated'))).toEqual([
      'dcnet',
      'dcnet-double',
      'dimitriou-awad-symmetric',
      'dimitriou-awad-robust'
    ])
    expect(named(({ hasModulus }) => hasModulus)).toEqual([
      'pes-reencrypt',
      'pes-direct',
      'garcia-jacobs',
      'klenze',
      'erkin-tsudik-spatial',
      'erkin-tsudik-temporal',
      'dimitriou-awad-robust',
      'joye-libert',
      'leontiadis'
    ])
    expect(named(({ degreeIn }) => degreeIn.includes('live'))).toEqual(['dcnet', 'dcnet-double'])
    // A scheme whose meters all have a message for each other, and one that yields bills.
    expect(traitsOf('erkin-tsudik-spatial')?.mostMeters.get('live')).toBe(50)
    expect(traitsOf('erkin-tsudik-temporal')?.mostMeters).toEqual(new Map())
    expect(traitsOf('shy')).toBeUndefined()
  })
})

describe('points', () => {
  it('collapse where a contender has no such parameter', () => {
    const points = pointsOf({
      contenders: ['plain', 'shi', 'joye-libert', 'dcnet'],
      n: 40,
      degree: [6, 8],
      bits: [2048, 3072],
      gamma: [0.1, 0.2]
    })
    expect(points.map(({ contender, degree, bits, gamma }) => [contender, degree, bits, gamma])).toEqual([
      ['plain', null, null, null],
      ['shi', null, null, null],
      ['joye-libert', null, 2048, null],
      ['dcnet', 6, null, 0.1],
      ['dcnet', 8, null, 0.1],
      ['joye-libert', null, 3072, null]
    ])
  })

  it('have the degree that auto finds, once for each γ, and no larger one than the complete graph', () => {
    const auto = pointsOf({ contenders: 'dcnet', n: [10, 50], gamma: [0.1, 0.2] })
    expect(auto.map(({ n, degree, gamma }) => [n, degree, gamma])).toEqual([
      [10, 10, 0.1],
      [10, 10, 0.2],
      [50, 14, 0.1],
      [50, expect.any(Number), 0.2]
    ])
    expect(auto[3]?.degree).toBeGreaterThan(14)
    expect(pointsOf({ contenders: 'dcnet', n: 10, degree: [4, 20, 40] }).map(({ degree }) => degree)).toEqual([4, 10])
    // A network that more meters are missing from needs more neighbours.
    const [usual, more] = pointsOf({ contenders: 'dcnet', n: 50, dropout: [0.1, 0.3] })
    expect(more?.degree).toBeGreaterThan(usual?.degree as number)
  })

  it('with a scenario that not all contenders can run are refused, at its place', () => {
    const text = 'name: test\nabout: A test.\nn: [10, 20]\nchurn: aggregator-restart\n'
    const fields = { name: 'test', about: 'A test.', n: [10, 20], churn: 'aggregator-restart' }
    expect(() => evaluationPlan(fields, undefined, { file: 'test.yaml', text })).toThrow(
      "test.yaml:4:8: churn: expected join, leave, crash, restart, which all modes know, got 'aggregator-crash' in 'aggregator-restart'"
    )
    expect(() => plan({ contenders: 'dcnet', n: 10, churn: 'recorded-morning' })).toThrow(
      /^churn: expected n = \d+, for which its trace is, got 10 in 'recorded-morning'$/
    )
  })

  it('of live nodes have no network model', () => {
    const points = pointsOf({ contenders: 'plain', n: 10, drive: ['live', 'simulated'], delayMs: [20, 50], loss: 0.01 })
    expect(points.map(({ drive, delayMs, loss }) => [drive, delayMs, loss])).toEqual([
      ['simulated', 20, 0.01],
      ['simulated', 50, 0.01],
      ['live', 0, 0]
    ])
  })

  it('that a contender cannot have are left out with the reason', () => {
    const { leftOut } = plan({ contenders: ['dcnet-double', 'erkin-tsudik-temporal', 'shi'], n: 400, degree: [14, 300], lanes: [1, 3] })
    expect(leftOut.map(({ what, why }) => `${what}: ${why}`)).toEqual([
      expect.stringMatching(/^erkin-tsudik-temporal: it does not run in virtual time$/),
      expect.stringMatching(/^dcnet-double: n = 400: degree '300': expected at most 254 mask neighbours with double mask/),
      'dcnet-double: synthetic homes measure 2 lanes; data may have more',
      'shi: synthetic homes measure 2 lanes; data may have more'
    ])
  })
})

describe('orders', () => {
  it('have repeats outermost, live nodes last in each, and the seed of the repeat for all contenders', () => {
    const { orders } = plan({ contenders: ['plain', 'dcnet'], n: 10, drive: ['live', 'simulated'], repeats: 2, seed: 's' })
    expect(orders.map(({ point, seed }) => `${point.repeat} ${point.drive} ${point.contender} ${seed}`)).toEqual([
      '0 simulated plain s/0',
      '0 simulated dcnet s/0',
      '0 live plain s/0',
      '0 live dcnet s/0',
      '1 simulated plain s/1',
      '1 simulated dcnet s/1',
      '1 live plain s/1',
      '1 live dcnet s/1'
    ])
  })

  it('of a point that two series want run once, as long as either wants', () => {
    const { orders } = plan({
      contenders: 'plain',
      n: 10,
      changes: false,
      series: [
        { slots: 4, repeats: 2 },
        { slots: 6, n: [10, 20], repeats: 1 },
        { changes: true, slots: 2, repeats: 1 }
      ]
    })
    expect(orders.map(({ point: { n, repeat }, slots, changes }) => [n, repeat, slots, changes])).toEqual([
      [10, 0, 6, true],
      [20, 0, 6, false],
      [10, 1, 6, true]
    ])
  })

  it('with churn have no changes of their own', () => {
    const { orders } = plan({ contenders: 'dcnet', n: 50, churn: ['none', 'poisson'], repeats: 1 })
    expect(orders.map(({ point, changes }) => [point.churn, changes])).toEqual([
      [null, true],
      ['poisson', false]
    ])
  })

  it('with dropout have no changes either, which is said where the file asks for them', () => {
    const series = [{ dropout: [0, 0.1] }]
    const asked = plan({ contenders: 'dcnet', repeats: 1, changes: true, series })
    expect(asked.orders.map(({ point, changes }) => [point.dropout, changes])).toEqual([
      [0, true],
      [0.1, false]
    ])
    expect(asked.leftOut.map(({ what }) => what)).toEqual(['changes of points with dropout or churn'])
    expect(plan({ contenders: 'dcnet', repeats: 1, series }).leftOut).toEqual([])
    expect(plan({ contenders: 'dcnet', repeats: 1, changes: true, series: [{ dropout: 0.1, changes: false }] }).leftOut).toEqual([])
  })

  it('have titles that tell what is not as usual', () => {
    const points = pointsOf({ contenders: 'dcnet', n: 50, gamma: [0.1, 0.2], delayMs: [20, 100], loss: [0, 0.01] })
    expect(new Set(points.map(runTitle)).size).toBe(8)
    const titleOf = (point: Partial<RunPoint>): string => runTitle({ ...(points[0] as RunPoint), ...point })
    expect(titleOf({ delayMs: 100, loss: 0, gamma: 0.1 })).toBe('dcnet, n = 50, degree 14, repeat 1')
    expect(titleOf({ delayMs: 20, loss: 0.01, gamma: 0.2 })).toBe('dcnet, n = 50, degree 14, γ 0.2, delay 20 ms, loss 0.01, repeat 1')
    expect(titleOf({ drive: 'live', delayMs: 0, gamma: 0.1 })).toBe('dcnet live, n = 50, degree 14, repeat 1')
  })

  it('have names that say their points, each its own, whatever the values', () => {
    const fraction = fc.integer({ min: 0, max: 9 }).map(tenths => tenths / 10)
    const fields = fc.record({
      n: fc.uniqueArray(fc.integer({ min: 6, max: 60 }), { minLength: 1, maxLength: 3 }),
      dropout: fc.uniqueArray(fraction, { minLength: 1, maxLength: 2 }),
      delayMs: fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 2 }),
      bits: fc.constantFrom(2048, [2048, 3072])
    })
    fc.assert(
      fc.property(fields, given => {
        const points = pointsOf({ contenders: ['plain', 'joye-libert', 'dimitriou-awad-symmetric'], degree: [4, 6], ...given })
        const names = points.map(runName)
        expect(new Set(names).size).toBe(names.length)
        expect(names).toEqual(
          pointsOf({ contenders: ['plain', 'joye-libert', 'dimitriou-awad-symmetric'], degree: [4, 6], ...given }).map(runName)
        )
        for (const name of names) expect(name).toMatch(/^[a-z0-9._-]+$/)
      }),
      { numRuns: 15 }
    )
    expect(runName({ ...(pointsOf({ contenders: 'dcnet', n: 50, dropout: 0.1 })[0] as RunPoint), repeat: 3 })).toBe(
      'dcnet_simulated_n50_degree14_gamma0.1_lanes2_dropout0.1_delay100_loss0_repeat3'
    )
  })
})

describe('time left', () => {
  it('is learnt from the runs that are most alike', () => {
    const { orders } = plan({ contenders: ['plain', 'joye-libert'], n: [10, 20], repeats: 2 })
    const left = new TimeLeft()
    const of = (contender: string, n: number) => orders.find(({ point }) => point.contender === contender && point.n === n)
    const [small, large, other] = [of('plain', 10), of('plain', 20), of('joye-libert', 10)]
    if (!small || !large || !other) throw new Error('expected orders')
    const [before, beforeOther] = [left.of(large), left.of(other)]
    left.took(small, 10 * left.of(small))
    expect(left.of(large)).toBeCloseTo(10 * before)
    left.took(other, beforeOther)
    expect(left.of(other)).toBeCloseTo(beforeOther)
    expect(left.ofAll([small, small, other], { simulated: 2, live: 1 })).toBeCloseTo((2 * left.of(small) + left.of(other)) / 2)
  })
})
