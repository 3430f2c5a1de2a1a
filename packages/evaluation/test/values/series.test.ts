// Which runs make a line, where an evaluation varies one parameter after another.
import { describe, expect, it } from 'vitest'
import type { Evaluation } from '../../src/record/evaluation.ts'
import type { EvaluatedRun, RunPoint } from '../../src/record/run.ts'
import type { Parameter } from '../../src/values/parameters.ts'
import { sceneOf } from '../../src/values/scene.ts'
import { axisOf, headlineOf, seriesAgainst, seriesAtOneSize } from '../../src/values/series.ts'
import { generatedEvaluation } from '../support/generated-evaluation.ts'

const base = generatedEvaluation({ contenders: ['dcnet'], n: [10], repeats: 1, slots: 1 })
const [template] = base.runs as [EvaluatedRun]
/** Degrees that are planned for γ = 0.1 at these sizes. */
const PLANNED: Readonly<Record<number, number>> = { 10: 10, 20: 20 }

const run = (point: Partial<RunPoint>): EvaluatedRun => {
  const n = point.n ?? 10
  return { ...template, point: { ...template.point, gamma: 0.1, delayMs: 100, n, degree: PLANNED[n] ?? 8, ...point } }
}
const scene = (runs: readonly EvaluatedRun[]) => sceneOf({ ...base, runs } satisfies Evaluation, { from: 'there' })
const shape = (runs: readonly EvaluatedRun[], axis: Parameter) =>
  seriesAgainst(scene(runs), axis).map(({ label, cells }) => `${label}: ${cells.map(({ x, runs: at }) => `${x}×${at.length}`).join(' ')}`)

const sizes = [10, 20].flatMap(n => [0, 1].map(repeat => run({ n, repeat })))

describe('a line against n', () => {
  it('leaves out sweeps of other parameters at one size', () => {
    const sweeps = [
      ...[0.1, 0.2].map(dropout => run({ n: 20, dropout })),
      ...[20, 500].map(delayMs => run({ n: 20, delayMs })),
      run({ n: 20, loss: 0.01 }),
      run({ n: 20, lanes: 1 }),
      ...[4, 8, 12].map(degree => run({ n: 20, degree }))
    ]
    expect(shape([...sizes, ...sweeps], 'n')).toEqual(['dcnet: 10×2 20×2'])
  })

  it('is one for each drive and each length of a key, whatever else differs', () => {
    const live = sizes.map(each => ({ ...each, point: { ...each.point, drive: 'live' as const, delayMs: 0 } }))
    expect(shape([...sizes, ...live], 'n')).toEqual(['dcnet live: 10×2 20×2', 'dcnet: 10×2 20×2'])
    const keys = [2048, 3072].flatMap(bits =>
      sizes.map(each => run({ ...each.point, contender: 'pes-direct', degree: null, gamma: null, bits }))
    )
    expect(shape(keys, 'n')).toEqual(['pes-direct 2048: 10×2 20×2', 'pes-direct 3072: 10×2 20×2'])
  })

  it('shows the least burden of several that go all the way', () => {
    expect(shape([...sizes, ...sizes.map(each => run({ ...each.point, dropout: 0.1 }))], 'n')).toEqual(['dcnet: 10×2 20×2'])
    expect(
      seriesAgainst(scene([...sizes.map(each => run({ ...each.point, dropout: 0.1 })), ...sizes]), 'n')[0]?.cells[0]?.point.dropout
    ).toBe(0)
  })

  it('is several where another parameter was varied at all sizes', () => {
    const lanes = [1, 2].flatMap(each => sizes.map(({ point }) => run({ ...point, lanes: each })))
    expect(shape(lanes, 'n')).toEqual(['dcnet, 1 lane: 10×2 20×2', 'dcnet, 2 lanes: 10×2 20×2'])
    const degrees = [4, 8].flatMap(degree => sizes.map(({ point }) => run({ ...point, degree })))
    expect(shape(degrees, 'n')).toEqual(['dcnet, d = 4: 10×2 20×2', 'dcnet, d = 8: 10×2 20×2'])
  })
})

it('keeps all degrees of a point that no planned one fits', () => {
  // Half of 40 meters missing: no degree up to the complete graph recovers a total.
  const degrees = [4, 8].flatMap(degree => [20, 40].map(n => run({ n, degree, dropout: 0.5 })))
  expect(shape(degrees, 'n')).toEqual(['dcnet, d = 4: 20×1 40×1', 'dcnet, d = 8: 20×1 40×1'])
})

describe('another parameter', () => {
  const dropouts = [0.1, 0.2].map(dropout => run({ n: 20, dropout }))

  it('has its line at the size at which it was varied, with the usual runs in it', () => {
    const found = seriesAtOneSize(scene([...sizes, ...dropouts, run({ n: 20, delayMs: 20 })]), 'dropout')
    expect(found.map(({ label, cells }) => `${label}: ${cells.map(({ x, point }) => `${x} at ${point.n}`).join(' ')}`)).toEqual([
      'dcnet: 0 at 20 0.1 at 20 0.2 at 20'
    ])
  })

  it('is the axis where n has one value', () => {
    expect(axisOf(scene([run({}), run({ dropout: 0.1 })]), ['n'])).toBe('dropout')
    expect(axisOf(scene([run({}), run({ degree: 4 })]), ['n'])).toBe('degree')
    expect(axisOf(scene(sizes), ['n'])).toBe('n')
    expect(axisOf(scene([run({})]), ['n'])).toBeNull()
  })
})

describe('the size of a headline', () => {
  it('is the one that most contenders have, and others stand at their nearest', () => {
    const other = run({ contender: 'klenze', n: 20, degree: null, gamma: null })
    const { n, series } = headlineOf(
      seriesAgainst(
        scene([
          ...sizes,
          run({ n: 50 }),
          ...[10, 20, 50].map(size => run({ contender: 'shi', n: size, degree: null, gamma: null })),
          other
        ]),
        'n'
      )
    )
    expect(series.map(({ contender, cells }) => `${contender} ${cells[0]?.point.n}`)).toEqual(['dcnet 20', 'shi 20', 'klenze 20'])
    expect(n).toBe(20)
    const without = headlineOf(
      seriesAgainst(
        scene([50, 100].flatMap(size => [run({ n: size }), run({ contender: 'shi', n: size, degree: null, gamma: null })]).concat(other)),
        'n'
      )
    )
    expect(without.n).toBeNull()
    expect(without.series.map(({ cells }) => cells[0]?.point.n)).toEqual([50, 50, 20])
  })
})
