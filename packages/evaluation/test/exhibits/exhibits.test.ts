// Exhibits as they are made from runs, before anything is drawn.
import { describe, expect, it } from 'vitest'
import { basisText, captionText, commandOf } from '../../src/exhibits/caption.ts'
import { EXHIBITS } from '../../src/exhibits/exhibits.ts'
import { EXHIBIT_NAMES, type ExhibitName } from '../../src/exhibits/names.ts'
import type { Cell, SummaryCell, ValueTable } from '../../src/tables/table.ts'
import { csvTable, printed } from '../../src/tables/table.ts'
import { sceneOf } from '../../src/values/scene.ts'
import { type GeneratedInit, generatedEvaluation, LAWS } from '../support/generated-evaluation.ts'

const sceneFor = (init: GeneratedInit) => sceneOf(generatedEvaluation(init), false)

function madeOf(name: ExhibitName, init: GeneratedInit) {
  const exhibit = EXHIBITS[EXHIBIT_NAMES.indexOf(name)]
  if (!exhibit) throw new Error(`expected an exhibit ${name}, got none`)
  const scene = sceneFor(init)
  const made = exhibit.make(scene)
  return { made, caption: captionText(scene, exhibit, made) }
}

const rowOf = (table: ValueTable | undefined, first: string, second?: unknown): readonly Cell[] =>
  table?.rows.find(row => row[0] === first && (second === undefined || row[1] === second)) ?? []

const summaryIn = (cell: Cell | undefined) => (cell as SummaryCell).summary

const SIX = {
  contenders: ['plain', 'dcnet', 'shi', 'garcia-jacobs', 'leontiadis'],
  n: [10, 20, 50],
  repeats: 8
} as const satisfies GeneratedInit

describe('the registry', () => {
  it('has an exhibit for each name, whose figures and tables begin with it', () => {
    const scene = sceneFor({ ...SIX, dropout: [0, 0.1], repeats: 2 })
    for (const [i, exhibit] of EXHIBITS.entries()) {
      expect(exhibit.name).toBe(EXHIBIT_NAMES[i])
      const made = exhibit.make(scene)
      expect(made.missing).toBeUndefined()
      expect(made.figures.length + made.tables.length).toBeGreaterThan(0)
      for (const { name } of [...made.figures, ...made.tables])
        expect(name === exhibit.name || name.startsWith(`${exhibit.name}-`), name).toBe(true)
    }
  })

  it('makes what needs no run from no run, and says of all else that it is not there', () => {
    const scene = sceneFor({ contenders: [], n: [10] })
    const there = EXHIBITS.filter(exhibit => exhibit.make(scene).tables.some(({ rows }) => rows.length > 0)).map(({ name }) => name)
    expect(there).toEqual(['collusion', 'exposure', 'views', 'security', 'published'])
  })
})

describe('captions', () => {
  it('say how many runs and slots there are, what the whiskers are, and which command makes them', () => {
    const { caption } = madeOf('cpu', SIX)
    expect(caption).toContain('120 runs of 1440 slots in all, 8 a point')
    expect(caption).toContain('whiskers: 95 % intervals of the median over runs, by order statistics')
    expect(caption).toMatch(/Made by: pnpm evaluate generated.yaml --out evaluations\/generated --only cpu$/)
  })

  it('claim a range of few runs, and nothing of one', () => {
    expect(madeOf('cpu', { ...SIX, repeats: 5 }).caption).toContain(
      'whiskers: the range of the runs, which claims nothing beyond them, since an interval takes 6 runs'
    )
    expect(madeOf('cpu', { ...SIX, repeats: 1 }).caption).toContain('One run a point: values have no bounds')
    expect(madeOf('cpu', { ...SIX, leastRuns: 10 }).caption).toContain('an interval takes 10 runs')
  })

  it('name one exhibit in the command, whatever the evaluation was asked for', () => {
    const evaluation = { ...generatedEvaluation(SIX), command: 'pnpm evaluate quick --only cpu bytes --out runs/quick' }
    expect(commandOf(evaluation, { name: 'growth' })).toBe('pnpm evaluate quick --out runs/quick --only growth')
  })

  it('say what is missing, and why', () => {
    expect(madeOf('growth', { ...SIX, n: [10, 20] }).caption).toContain('Not there: it takes 3 sizes')
    expect(madeOf('growth', { ...SIX, repeats: 1 }).caption).toContain('more than one run at some of them')
    expect(madeOf('differences', { ...SIX, contenders: ['dcnet'] }).caption).toContain('Not there: it takes two contenders')
    expect(madeOf('differences', { ...SIX, repeats: 1 }).made.figures).toEqual([])
    expect(madeOf('dropout', SIX).caption).toContain('Not there: no run had meters missing')
  })

  it('name disturbed runs, or count them as left out', () => {
    const evaluation = generatedEvaluation({ ...SIX, disturbed: [1] })
    expect(madeOf('cpu', { ...SIX, disturbed: [1] }).caption).toContain(
      '3 runs disturbed by a busy machine, so that their times are not to be relied on.'
    )
    const without = sceneOf(evaluation, true)
    expect(without.runs).toHaveLength(evaluation.runs.length - 3)
    expect(basisText(without)).toContain('7 to 8 a point')
  })
})

describe('what exhibits find', () => {
  it('is the growth that the runs have', () => {
    const table = madeOf('growth', SIX).made.tables[0]
    for (const contender of ['garcia-jacobs', 'shi', 'dcnet'] as const) {
      const [, , , , exponent] = rowOf(table, contender, 'CPU of a meter')
      const [value = 0, low = 0, high = 0] =
        String(exponent)
          .replaceAll('\u2212', '-')
          .match(/-?[\d.]+/g)
          ?.map(Number) ?? []
      expect(value, contender).toBeCloseTo(LAWS[contender].exponent, 1)
      expect(high - low, contender).toBeGreaterThan(0)
      expect(high - low, contender).toBeLessThan(0.2)
    }
  })

  it('is how much more a contender costs in the same repeat', () => {
    const [, n, , ratio] = rowOf(madeOf('differences', SIX).made.tables[0], 'shi')
    const truth = LAWS.shi.cpu / (LAWS.dcnet.cpu * 5 ** LAWS.dcnet.exponent)
    expect(n).toBe(50)
    expect(summaryIn(ratio)?.kind).toBe('interval')
    expect(summaryIn(ratio)?.low).toBeLessThan(truth)
    expect(summaryIn(ratio)?.high).toBeGreaterThan(truth)
  })

  it('is narrower in pairs than apart, since a repeat has its readings and waits in common', () => {
    const difference = summaryIn(rowOf(madeOf('differences', SIX).made.tables[0], 'leontiadis')[2])
    const alone = summaryIn(rowOf(madeOf('headline', SIX).made.tables[0], 'leontiadis')[1])
    const ratio = summaryIn(rowOf(madeOf('differences', SIX).made.tables[0], 'leontiadis')[3])
    const width = (of: typeof alone) => (of ? (of.high - of.low) / of.median : 0)
    expect(difference?.median).toBeGreaterThan(0)
    expect(width(ratio)).toBeLessThan(width(alone))
  })

  it('is who loses slots when meters are missing', () => {
    const { made } = madeOf('dropout', { ...SIX, dropout: [0, 0.1] })
    const at = (contender: string) => made.tables[0]?.rows.find(row => row[0] === contender && row[2] === 0.1) ?? []
    expect(summaryIn(at('dcnet')[3])).toMatchObject({ median: 0, high: 0, kind: 'interval' })
    expect(summaryIn(at('dcnet')[5])?.high).toBeCloseTo(100 * (1 - 0.025 ** (1 / 8)), 5)
    expect(summaryIn(at('shi')[3])?.low).toBeGreaterThan(0.9)
    expect(at('shi')[4]).toMatch(/^\d+ of 96$/)
  })

  it('is put at n = 50 where all have it, else at the largest size that all have', () => {
    expect(madeOf('headline', SIX).made.tables[0]?.title).toBe('What a reading costs, at n = 50')
    expect(madeOf('headline', { ...SIX, n: [10, 50, 100] }).made.tables[0]?.title).toBe('What a reading costs, at n = 50')
    expect(madeOf('headline', { ...SIX, n: [10, 20] }).made.tables[0]?.title).toBe('What a reading costs, at n = 20')
  })

  it('tells lengths of a key apart, and names them only where there are several', () => {
    const labels = (bits: readonly number[]) => madeOf('headline', { ...SIX, bits }).made.tables[0]?.rows.map(row => row[0])
    expect(labels([2048])).toEqual(['plain', 'dcnet', 'shi', 'leontiadis', 'garcia-jacobs'])
    expect(labels([2048, 3072])).toEqual([
      'plain',
      'dcnet',
      'shi',
      'leontiadis 2048',
      'leontiadis 3072',
      'garcia-jacobs 2048',
      'garcia-jacobs 3072'
    ])
  })

  it('is drawn against delay at the one size that has several', () => {
    const { made } = madeOf('rounds', { ...SIX, delayMs: [20, 50, 100] })
    expect(new Set(made.tables[0]?.rows.map(row => row[1]))).toEqual(new Set([50]))
    expect(made.tables[0]?.rows.filter(row => row[0] === 'dcnet')).toHaveLength(3)
  })
})

describe('tables', () => {
  const table: ValueTable = {
    name: 'cpu',
    title: 'A table',
    columns: [
      { title: 'contender', align: 'left' },
      { title: 'CPU', unit: 'ms', align: 'right' }
    ],
    rows: [
      ['a', { summary: { median: 1234.5, low: 1000, high: 2000, count: 6, kind: 'interval' } }],
      ['b', { summary: { median: 2, low: 1, high: 3, count: 5, kind: 'range' } }],
      ['c', { summary: { median: 2, low: 2, high: 2, count: 1, kind: 'single' } }],
      ['d', { summary: null }],
      ['e', { summary: { median: 2, low: 2, high: 2, count: 6, kind: 'interval' } }]
    ],
    notes: []
  }

  it('print intervals, ranges and single runs so that they can be told apart', () => {
    expect(printed(table).rows.map(row => row[1])).toEqual(['1\u202f235 (1\u202f000–2\u202f000)', '2 [1–3]', '2', '–', '2 (same)'])
  })

  it('keep numbers in full as CSV, with their bounds and what these are', () => {
    expect(csvTable(table).split('\n').slice(0, 3)).toEqual([
      'contender,CPU (ms),CPU (ms) low,CPU (ms) high,CPU (ms) runs,CPU (ms) bounds',
      'a,1234.5,1000,2000,6,interval',
      'b,2,1,3,5,range'
    ])
  })
})
