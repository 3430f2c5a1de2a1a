// Exhibits as they are made from runs, before anything is drawn.
import { describe, expect, it } from 'vitest'
import { captionText, commandOf } from '../../src/exhibits/caption.ts'
import type { Exhibit } from '../../src/exhibits/exhibit.ts'
import { EXHIBITS } from '../../src/exhibits/exhibits.ts'
import { EXHIBIT_NAMES, type ExhibitName } from '../../src/exhibits/names.ts'
import type { EvaluatedCost, EvaluatedRun } from '../../src/record/run.ts'
import type { Cell, SummaryCell, ValueTable } from '../../src/tables/table.ts'
import { csvTable, printed } from '../../src/tables/table.ts'
import { sceneOf } from '../../src/values/scene.ts'
import { type GeneratedInit, generatedEvaluation, LAWS } from '../support/generated-evaluation.ts'

const sceneFor = (init: GeneratedInit) => sceneOf(generatedEvaluation(init), { from: 'evaluations/generated' })

function madeOf(name: ExhibitName, init: GeneratedInit, changed: (run: EvaluatedRun) => EvaluatedRun = run => run) {
  const exhibit = EXHIBITS[EXHIBIT_NAMES.indexOf(name)]
  if (!exhibit) throw new Error(`expected an exhibit ${name}, got none`)
  const plain = sceneFor(init)
  const scene = { ...plain, runs: plain.runs.map(changed) }
  const made = exhibit.make(scene)
  return { made, caption: captionText(scene, exhibit, made) }
}

const costOf = (cpuMs: number): EvaluatedCost => ({
  ...{ cpuMs, sentMessages: 1, receivedMessages: 1, sentBytes: 100, receivedBytes: 100, sentWire: null, receivedWire: null }
})

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
    expect(caption).toMatch(/Made by: pnpm evaluate --from evaluations\/generated --only cpu$/)
  })

  it('claim a range of few runs, and nothing of one', () => {
    expect(madeOf('cpu', { ...SIX, repeats: 5 }).caption).toContain(
      'whiskers: the range of the runs, which claims nothing beyond them, since an interval takes 6.'
    )
    expect(madeOf('cpu', { ...SIX, repeats: 1 }).caption).toContain('One run a point: values have no bounds')
  })

  it('name one exhibit in the command, whatever the evaluation was asked for', () => {
    const evaluation = { ...generatedEvaluation(SIX), command: 'pnpm sweep n 10,20 --figure cpu --out runs/quick' }
    const command = (from: string, undisturbed: boolean) => commandOf(sceneOf(evaluation, { from, undisturbed }), { name: 'growth' })
    expect(command('runs/quick', false)).toBe('pnpm evaluate --from runs/quick --only growth')
    expect(command("my run's", true)).toBe("pnpm evaluate --from 'my run'\\''s' --without-disturbed --only growth")
  })

  it('say what is missing, and why', () => {
    expect(madeOf('growth', { ...SIX, n: [10, 20] }).caption).toContain('Not there: it takes 3 sizes')
    expect(madeOf('growth', { ...SIX, repeats: 1 }).caption).toContain('it takes 3 sizes, and 2 runs at each of them')
    expect(madeOf('differences', { ...SIX, contenders: ['dcnet'] }).caption).toContain('Not there: it takes two contenders')
    expect(madeOf('differences', { ...SIX, repeats: 1 }).made.figures).toEqual([])
    expect(madeOf('dropout', SIX).caption).toContain('Not there: no run had meters missing')
  })

  it('name disturbed runs, or count them as left out', () => {
    const evaluation = generatedEvaluation({ ...SIX, disturbed: [1] })
    expect(madeOf('cpu', { ...SIX, disturbed: [1] }).caption).toContain(
      '3 runs disturbed by a busy machine, so that their times are not to be relied on.'
    )
    const without = sceneOf(evaluation, { from: 'there', undisturbed: true })
    expect(without.runs).toHaveLength(evaluation.runs.length - 3)
    const [, cpu] = EXHIBITS as [Exhibit, Exhibit]
    const caption = captionText(without, cpu, cpu.make(without))
    expect(caption).toContain('7 to 8 a point')
    expect(caption).toContain('3 runs of the evaluation disturbed by a busy machine and left out.')
  })

  it('name disturbed runs wherever measured values stand, in the table of publications too', () => {
    const beside = { ...SIX, contenders: ['dcnet', 'pes-direct'] } as const
    const disturbed = (run: EvaluatedRun) => ({ ...run, disturbed: run.point.contender === 'pes-direct' })
    expect(madeOf('published', beside, disturbed).caption).toContain('8 runs disturbed by a busy machine')
    expect(madeOf('published', { ...SIX, contenders: ['dcnet'] }).caption).not.toContain('in all')
  })

  it('count the runs and slots of their exhibit alone', () => {
    const several = { ...SIX, dropout: [0, 0.1], delayMs: [20, 50] } as const
    expect(madeOf('cpu', several).caption).toContain('120 runs of 1440 slots in all, 8 a point')
    expect(madeOf('energy', several).caption).toContain('40 runs of 480 slots in all, 8 a point')
    expect(madeOf('setup', several).caption).toContain('120 runs in all, 8 a point')
    expect(madeOf('differences', several).caption).toContain('Marks: medians over pairs of runs; whiskers: 95 % intervals')
    // Every third slot is one of a change, whose costs no value has.
    const changing = (run: EvaluatedRun): EvaluatedRun => ({
      ...run,
      slots: run.slots.map(slot => (slot.index % 3 === 2 ? { ...slot, phase: 'join' as const } : slot))
    })
    expect(madeOf('cpu', SIX, changing).caption).toContain('120 runs of 960 slots in all, 8 a point')
  })

  it('say that memory is a share of one process, and that growth has whiskers of its own', () => {
    expect(madeOf('memory', SIX).caption).toContain('All meters of a neighbourhood share one process')
    expect(madeOf('growth', SIX).caption).not.toContain('medians over runs')
  })

  it('say where costs still fall, and where there were too few slots to tell', () => {
    const falling = (run: EvaluatedRun): EvaluatedRun =>
      run.point.contender === 'shi' && run.point.n === 20
        ? { ...run, slots: run.slots.map(slot => ({ ...slot, roles: { meter: costOf(slot.index < 6 ? 20 : 10) } })) }
        : run.point.contender === 'plain'
          ? { ...run, slots: run.slots.slice(0, 3) }
          : run
    const { caption } = madeOf('cpu', SIX, falling)
    expect(caption).toContain('Not warmed up, since costs still fell from the first half of the slots to the second: shi (n = 20).')
    expect(caption).toContain('Warming up was not checked at 3 points with fewer than 4 steady slots that have a total: plain.')
  })
})

describe('what exhibits find', () => {
  it('is the growth that the runs have', () => {
    const table = madeOf('growth', SIX).made.tables[0]
    for (const contender of ['garcia-jacobs', 'shi', 'dcnet'] as const) {
      const [, , , , exponent] = rowOf(table, contender, 'CPU of a household')
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

  it('is told of runs in virtual time, whatever live runs there are beside them', () => {
    const scene = sceneFor(SIX)
    const live = scene.runs.map(run => ({ ...run, point: { ...run.point, drive: 'live' as const, delayMs: 0 } }))
    const exhibit = EXHIBITS[EXHIBIT_NAMES.indexOf('differences')] as Exhibit
    const made = exhibit.make({ ...scene, runs: [...scene.runs, ...live] })
    expect(made.tables).toEqual(exhibit.make(scene).tables)
    expect(made.remarks).toEqual([])
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

  it('says which size that is where some contender has no run there', () => {
    const scene = sceneFor(SIX)
    const runs = scene.runs.filter(({ point }) => (point.contender === 'leontiadis') === (point.n === 20))
    const [first] = EXHIBITS as [Exhibit]
    const [table] = first.make({ ...scene, runs }).tables
    expect(table?.title).toBe('What a reading costs, at n = 50 or each contender’s size nearest to it')
    expect(rowOf(table, 'leontiadis')[1]).toBe(20)
  })

  it('has lost slots at the nearest size with a tenth missing, and says at which', () => {
    const scene = sceneFor({ ...SIX, dropout: [0, 0.1] })
    const moved = scene.runs.map(run =>
      run.point.contender === 'leontiadis' && run.point.dropout > 0 ? { ...run, point: { ...run.point, n: 20 } } : run
    )
    const [first] = EXHIBITS as [Exhibit]
    const [table] = first.make({ ...scene, runs: moved }).tables
    const columns = table?.columns.map(({ title }) => title) ?? []
    const at = (contender: string, column: string) => rowOf(table, contender)[columns.indexOf(column)]
    expect(summaryIn(at('leontiadis', 'lost at 10 %'))?.count).toBe(8)
    expect([at('leontiadis', 'lost at n'), at('shi', 'lost at n')]).toEqual([20, 50])
    expect(summaryIn(at('shi', 'lost at 10 %'))?.low).toBeGreaterThan(0.9)
  })

  it('is a household where a meter has a device beside it', () => {
    const device = (run: EvaluatedRun): EvaluatedRun => ({
      ...run,
      slots: run.slots.map(slot => ({ ...slot, roles: { meter: costOf(50), device: costOf(150) } }))
    })
    // 200 ms over 50 readings a slot, 96 slots a day.
    const [row] = madeOf('energy', { ...SIX, contenders: ['klenze'] }, device).made.tables[0]?.rows ?? []
    expect(summaryIn(row?.[2])?.median).toBeCloseTo((0.2 / 50) * 96, 9)
    const published = madeOf('published', { ...SIX, contenders: ['pes-direct'] }, device).made.tables[0]
    expect(published?.rows[0]?.[4]).toContain('4 (same)')
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
