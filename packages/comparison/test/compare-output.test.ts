// What is made from raw results: figures that are known before go in, and must come out of every file.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { comparedEnvironment, type RoleCost, readTable, spread } from '@hushgrid/lab'
import { parse } from 'csv-parse/sync'
import { SaxesParser } from 'saxes'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { comparedContender } from '../src/contenders.ts'
import { estimateText, exponentText, numberText, spreadText } from '../src/report/number-text.ts'
import { strengthOf } from '../src/report/security.ts'
import { latexTable, latexText, markdownTable, type Table } from '../src/report/table.ts'
import { TABLE_NAMES, tablesOf } from '../src/report/tables.ts'
import { terminalTable } from '../src/report/terminal-table.ts'
import { costsPerReading, countSlots, latencies } from '../src/results/costs.ts'
import { resultsCsv } from '../src/results/csv.ts'
import { extrapolate } from '../src/results/extrapolation.ts'
import { fitGrowth, growthRows } from '../src/results/growth.ts'
import { readComparison } from '../src/results/read-comparison.ts'
import type { ComparedResults, ComparedRun, ComparedSlot } from '../src/results/result.ts'
import { combinationsOf, headlineOf, seriesOf } from '../src/results/series.ts'
import { attributed, isDisturbed, verdictOf } from '../src/results/verdict.ts'
import { writeComparison } from '../src/results/write-comparison.ts'
import { undisturbed } from '../src/run/undisturbed.ts'
import { exponentOf, GENERATED_ENVIRONMENT, generatedComparison } from './support/generated-comparison.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-compare-output-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
/** All charts are drawn, beside another file's work. */
const LONG = 120_000

/** Throws at the first thing that is not well-formed; returns the text of all elements of a name. */
function elementTexts(xml: string, name: string): string[] {
  const parser = new SaxesParser()
  const open: string[] = []
  const texts: string[] = []
  parser.on('error', error => {
    throw error
  })
  parser.on('opentag', tag => {
    open.push(tag.name)
    if (tag.name === name) texts.push('')
  })
  parser.on('text', text => {
    if (open.at(-1) === name) texts.push((texts.pop() ?? '') + text)
  })
  parser.on('closetag', () => open.pop())
  parser.write(xml).close()
  return texts
}

/** How often an exact string occurs. */
const count = (text: string, part: string): number => text.split(part).length - 1

/** Cells of a LaTeX row: columns are parted by what is not escaped. */
const cellsOf = (line: string): number => line.split(/(?<!\\)&/).length

/** Checks what LaTeX would stumble over: environments, braces, dollars and columns. */
function expectBalancedLatex(latex: string, columns: number): void {
  const open: string[] = []
  for (const [, kind, name = ''] of latex.matchAll(/\\(begin|end)\{(\w+)\}/g)) {
    if (kind === 'begin') open.push(name)
    else expect(open.pop()).toBe(name)
  }
  expect(open).toEqual([])
  const bare = latex.replace(/^%.*$/gm, '').replace(/\\[\\{}$&#%_]/g, '')
  expect(count(bare, '{')).toBe(count(bare, '}'))
  expect(count(bare, '$') % 2).toBe(0)
  expect(bare).not.toMatch(/[#_^~%]|[^ -~\n]/)
  const body = latex.slice(latex.indexOf('\\toprule'), latex.lastIndexOf('\\end{'))
  const rows = body.split('\n').filter(line => line.endsWith(' \\\\'))
  expect(rows.length).toBeGreaterThan(1)
  for (const row of rows) expect(cellsOf(row), row).toBe(columns)
  for (const rule of ['\\toprule', '\\midrule', '\\bottomrule']) expect(count(latex, rule)).toBe(1)
}

describe('the verdict', () => {
  const whole = generatedComparison({ modes: ['plain', 'dcnet'], sizes: [10], repeats: 1, slots: 3 })
  const losing = (phase: ComparedSlot['phase']): ComparedResults => ({
    ...whole,
    runs: whole.runs.map(run => ({
      ...run,
      slots: run.slots.map((slot, i) => (i === 0 ? { ...slot, phase, lost: true, exact: false } : slot))
    }))
  })

  it('has nothing to say of a whole comparison', () => {
    expect(verdictOf(whole)).toEqual({ incomplete: undefined, disturbed: undefined, remarks: [], status: 0 })
  })

  it('fails a contender that lost slots which nobody asked to lose, and no other', () => {
    expect(verdictOf(losing('steady'))).toMatchObject({
      remarks: ['plain, n = 10: 1 of 3 slots lost while nothing happened but readings', expect.stringMatching(/^dcnet, n = 10: 1 of/)],
      status: 1
    })
    for (const phase of ['crash', 'churn'] as const) expect(verdictOf(losing(phase)).status).toBe(0)
  })

  it('says in every file which runs are missing, and fails for those that failed only', async () => {
    const early = { ...whole, missing: [{ run: 'pes-direct 2048 bits, n = 10' }] }
    expect(verdictOf(early).status).toBe(0)
    const failed = { ...whole, missing: [...early.missing, { run: 'dcnet, n = 25', failed: 'expected it to form' }] }
    expect(verdictOf(failed).status).toBe(1)
    const place = join(folder, 'incomplete')
    const files = await writeComparison(place, failed, GENERATED_ENVIRONMENT)
    const said =
      '2 of 4 runs missing, since it was ended early or they failed: pes-direct 2048 bits, n = 10; dcnet, n = 25 (expected it to form)'
    for (const name of files.filter(each => /report\.html$|\.md$/.test(each)))
      expect(readFileSync(join(place, name), 'utf8'), name).toContain(said)
    expect(verdictOf(readComparison(place).results).incomplete).toBe(said)
  })
})

describe('a busy machine', () => {
  const load: NonNullable<ComparedRun['load']> = {
    average: { start: 5.2, end: 6 },
    cores: { all: 2, own: 0.4, others: 1.6 },
    lagMs: { median: 210, worst: 640 },
    verdict: 'busy machine',
    reason: '1 slot lost for it, other programs used 1.6 of 2 cores'
  }
  const calm = { ...load, cores: { all: 2, own: 0.4, others: 0.1 }, verdict: 'quiet machine', reason: '' } as const
  const whole = generatedComparison({ modes: ['plain', 'dcnet'], sizes: [10], repeats: 1, slots: 3 })
  const [plain, ring] = whole.runs as [ComparedRun, ComparedRun]
  const results: ComparedResults = {
    ...whole,
    runs: [
      { ...plain, load: calm },
      {
        ...ring,
        load,
        slots: ring.slots.map((slot, i) => (i === 0 ? { ...slot, lost: true, exact: false, busy: true, lagMs: 640 } : slot))
      }
    ]
  }

  it('is named with its runs in every file, and what it lost is no loss of the contender', async () => {
    const { disturbed, remarks, status } = verdictOf(results)
    expect(disturbed).toBe(
      '1 of 2 runs disturbed by a busy machine, so that times and CPU are not to be relied on: dcnet, n = 10 (1 slot lost for it, other programs used 1.6 of 2 cores)'
    )
    expect(remarks).toEqual([
      disturbed,
      "dcnet, n = 10: 1 of 3 slots lost because the machine was busy, which is no loss of the contender's"
    ])
    // Slots without a total are less than was asked for, whoever lost them.
    expect(status).toBe(1)
    expect(combinationsOf(results).map(({ runs }) => countSlots(runs).lost)).toEqual([0, 0])
    const place = join(folder, 'disturbed')
    const files = await writeComparison(place, results, GENERATED_ENVIRONMENT)
    for (const name of files.filter(each => /report\.html$|\.md$|\.tex$/.test(each)))
      expect(readFileSync(join(place, name), 'utf8'), name).toContain('1 of 2 runs disturbed by a busy machine')
    expect(readComparison(place).results).toEqual(results)
    const csv = readFileSync(join(place, 'results.csv'), 'utf8')
    expect(csv).toContain('1,dcnet,,10,9,0,0,steady,,busy,true or false,1\n')
    expect(csv).toContain('1,dcnet,,10,9,0,0,steady,,lag,ms,640\n')
    expect(csv).toContain('0,plain,,10,,0,,run,,busyMachine,true or false,0\n')
  })

  it('is none where no other program was in the way: what was late then is the contender’s own weight', () => {
    const heavy = { ...calm, verdict: 'busy machine', reason: 'late in 2 of 3 slots' } as const
    const lost = ring.slots.map(slot => ({ ...slot, lost: true, exact: false, busy: true }))
    const alone: ComparedResults = { ...results, runs: [{ ...ring, load: heavy, slots: attributed(lost, heavy) }] }
    const { disturbed, remarks, status } = verdictOf(alone)
    expect([disturbed, status]).toEqual([undefined, 1])
    expect(remarks).toEqual(['dcnet, n = 10: 3 of 3 slots lost while nothing happened but readings'])
    expect(countSlots(alone.runs).lost).toBe(3)
    expect(attributed(lost, load)).toEqual(lost)
  })

  it('has its runs repeated if asked, up to a number, and the last one counts', async () => {
    const [disturbed, good] = [
      { ...ring, load },
      { ...ring, load: calm }
    ]
    const signal = new AbortController().signal
    const disturbance = (run: ComparedRun) => (isDisturbed(run) ? run.load?.reason : undefined)
    const measured = async (again: number, ...runs: readonly ComparedRun[]) => {
      const left = [...runs]
      const said: string[] = []
      const run = await undisturbed(() => Promise.resolve(left.shift() as ComparedRun), {
        again,
        disturbance,
        signal,
        warn: text => said.push(text)
      })
      return { run, said, left: left.length }
    }
    const why = `disturbed by a busy machine: ${load.reason}`
    expect(await measured(2, good, good)).toEqual({ run: good, said: [], left: 1 })
    expect(await measured(0, disturbed, good)).toEqual({ run: disturbed, said: [why], left: 1 })
    expect(await measured(2, disturbed, good, good)).toEqual({ run: { ...good, replaces: 1 }, said: [`${why}; it runs again`], left: 1 })
    const twice = await measured(1, disturbed, disturbed, good)
    expect(twice).toEqual({ run: { ...disturbed, replaces: 1 }, said: [`${why}; it runs again`, why], left: 1 })
  })
})

describe('statistics', () => {
  it('takes quartiles as definition 7 of Hyndman and Fan, as R and NumPy do', () => {
    // numpy.percentile([1, 2, 3, 4, 10, 20], [25, 50, 75]), and the same of 1 to 8.
    expect(spread([20, 1, 3, 10, 2, 4])).toEqual({ q1: 2.25, median: 3.5, q3: 8.5, count: 6 })
    expect(spread([8, 7, 6, 5, 4, 3, 2, 1])).toEqual({ q1: 2.75, median: 4.5, q3: 6.25, count: 8 })
    expect(spread([])).toBeNull()
  })

  it('divides the cost of steady slots by the readings in them, and of no others', () => {
    const [combination] = combinationsOf(generatedComparison({ modes: ['plain'], sizes: [10], repeats: 2, slots: 8 }))
    const runs = combination?.runs ?? []
    expect(runs).toHaveLength(2)
    const expected = runs.flatMap(run => run.slots.slice(0, 5).map(slot => (slot.roles.meter?.cpuMs ?? Number.NaN) / 10))
    expect(costsPerReading(runs, 'meter', 'cpuMs')).toEqual(expected)
    expect(costsPerReading(runs, 'pes', 'cpuMs')).toEqual([])
    expect(countSlots(runs)).toEqual({ slots: 16, steady: 10, lost: 2, recovered: 0, exact: 14 })
  })

  it('leaves out steady slots that were lost, and adds up the roles of the collecting side', () => {
    const results = generatedComparison({ modes: ['pes-direct'], sizes: [10], bits: [2048], repeats: 1 })
    const [run] = results.runs
    if (!run) throw new Error('expected a run')
    const [first, second, ...rest] = run.slots
    if (!first || !second) throw new Error('expected two slots')
    const changed = { ...run, slots: [{ ...first, lost: true, latencyMs: null }, second, ...rest] }
    expect(costsPerReading([changed], 'collecting', 'cpuMs')).toHaveLength(4)
    expect(latencies([changed])).toHaveLength(4)
    const { concentrator, pes, supplier } = second.roles
    const sum = (concentrator?.cpuMs ?? 0) + (pes?.cpuMs ?? 0) + (supplier?.cpuMs ?? 0)
    expect(costsPerReading([changed], 'collecting', 'cpuMs')[0]).toBeCloseTo(sum / 10, 10)
  })
})

describe('growth', () => {
  it('agrees with a regression that was worked by hand', () => {
    // ln n = 0, 1, 2, 3 and ln cost = 1, 2, 2, 4: slope 0.9, residual sum of squares 0.7, t(0.975, 2) = 4.3027.
    const growth = fitGrowth([1, 2, 2, 4].map((y, x) => ({ n: Math.exp(x), cost: Math.exp(y) })))
    if (growth.kind !== 'fitted') throw new Error(growth.reason)
    const half = 4.302653 * Math.sqrt(0.7 / 2 / 5)
    expect(growth.exponent.value).toBeCloseTo(0.9, 10)
    expect(growth.exponent.low).toBeCloseTo(0.9 - half, 5)
    expect(growth.exponent.high).toBeCloseTo(0.9 + half, 5)
    expect(growth.rSquared).toBeCloseTo(1 - 0.7 / 4.75, 10)
    expect(Math.log(growth.at(Math.exp(1.5)).value)).toBeCloseTo(2.25, 10)
    expect(Math.log(growth.at(Math.exp(1.5)).high)).toBeCloseTo(2.25 + 4.302653 * Math.sqrt(0.7 / 2 / 4), 5)
  })

  it('finds the exponent that each role grew by', () => {
    const rows = growthRows(combinationsOf(generatedComparison({ repeats: 4 })))
    let inside = 0
    const cpu = rows.filter(({ metric, bearer }) => metric === 'cpuMs' && bearer !== 'collecting')
    expect(cpu).toHaveLength(2 + 3 + 3 + 2 * 4 + 2 * 4)
    for (const { label, bearer, growth } of cpu) {
      if (growth.kind !== 'fitted') throw new Error(`${label} ${bearer}: ${growth.reason}`)
      const [mode] = label.split(' ')
      const expected = exponentOf(mode as Parameters<typeof exponentOf>[0], bearer as Parameters<typeof exponentOf>[1]) ?? Number.NaN
      expect(Math.abs(growth.exponent.value - expected), `${label} ${bearer}`).toBeLessThan(0.03)
      expect(growth.points).toBe(16)
      if (growth.exponent.low <= expected && expected <= growth.exponent.high) inside++
    }
    // A 95 % interval misses one in twenty.
    expect(inside).toBeGreaterThanOrEqual(cpu.length - 4)
  })

  it('says why it cannot tell', () => {
    expect(
      fitGrowth([
        { n: 10, cost: 1 },
        { n: 10, cost: 2 }
      ])
    ).toMatchObject({ kind: 'unfitted', reason: 'too few sizes: 1, 3 are needed' })
    expect(fitGrowth([10, 20, 30].map(n => ({ n, cost: n === 10 ? 0 : n })))).toMatchObject({
      kind: 'unfitted',
      reason: '1 of 3 runs cost nothing that could be measured'
    })
    expect(() => fitGrowth([{ n: 10, cost: Number.NaN }])).toThrow(/points: expected n above zero and finite costs, got NaN at n = 10/)
  })

  it('extrapolates from a measured size where there is one, else from the line, and says which', () => {
    const rows = extrapolate(combinationsOf(generatedComparison({ modes: ['dcnet'], sizes: [10, 50, 150], noise: 0 })))
    const meter = rows.filter(({ bearer }) => bearer === 'meter')
    expect(meter.map(({ size, neighbourhoods }) => [size, neighbourhoods])).toEqual([
      [50, 20_000],
      [100, 10_000],
      [200, 5_000]
    ])
    const bases = ['measured size', 'fit', 'fit outside measured n']
    for (const [i, { size, coreHours, bytes }] of meter.entries()) {
      if (typeof coreHours === 'string' || typeof bytes === 'string') throw new Error('expected figures')
      expect(coreHours.basis).toBe(bases[i])
      // 0.8 ms · size^0.1 a reading, 96 readings a meter and day, 3,600,000 ms an hour.
      expect(coreHours.value / ((0.8 * size ** 0.1 * 96e6) / 3.6e6)).toBeCloseTo(1, 3)
      // 150 B × 1.6 sent and 150 B received.
      expect(bytes.value / (390 * 96e6)).toBeCloseTo(1, 3)
    }
    const [few] = extrapolate(combinationsOf(generatedComparison({ modes: ['plain'], sizes: [10, 20] })))
    expect(few?.coreHours).toBe('n = 50 not measured, and too few sizes: 2, 3 are needed')
  })
})

describe('text', () => {
  it('writes three digits, and a median with what lies around it', () => {
    expect([0, 0.5, 12.345, 99.96, 1234.5, -7.25, 0.000032, 10].map(numberText)).toEqual([
      '0',
      '0.500',
      '12.3',
      '100',
      '1\u202f235',
      '−7.25',
      '3.2 × 10⁻⁵',
      '10'
    ])
    expect(spreadText({ median: 2, q1: 1.5, q3: 2.5, count: 3 })).toBe('2 (1.50–2.50)')
    expect(spreadText({ median: -2, q1: -3, q3: 1, count: 3 })).toBe('−2 (−3 to 1)')
    expect(spreadText({ median: 2, q1: 2, q3: 2, count: 1 })).toBe('2')
    expect(spreadText(null)).toBe('–')
    expect(exponentText({ value: -0.001, low: -0.12, high: 0.1 })).toBe('0.00 (−0.12 to 0.10)')
    expect(estimateText({ value: 1.5, low: 1.25, high: 1.75 })).toBe('1.50 (1.25–1.75)')
  })

  it('escapes what LaTeX and Markdown would take for their own', () => {
    expect(latexText('50 % of $5_a & #1 {x} ~ ^ \\')).toBe(
      '50 \\% of \\$5\\_a \\& \\#1 \\{x\\} \\textasciitilde{} \\textasciicircum{} \\textbackslash{}'
    )
    expect(latexText('3.2 × 10⁻⁵, Damgård')).toBe('3.2 $\\times$ 10\\textsuperscript{-5}, Damgård')
    expect(() => latexText('a snowman ☃')).toThrow(/expected a sign that is known here, got "☃"/)
    const table: Table = {
      name: 'special',
      title: 'a_b & 100 %',
      columns: [
        { title: 'x|y', align: 'left' },
        { title: '#', unit: '$', align: 'right' }
      ],
      rows: [
        ['a & b', '1_000'],
        ['<b>', '\\']
      ],
      notes: ['~']
    }
    expectBalancedLatex(latexTable(table), 2)
    expect(markdownTable(table)).toContain('| x\\|y | # ($) |')
  })

  it('states strengths after NIST SP 800-57, and what collusion each mode bears', () => {
    const strength = (mode: string, bits: number | null) => strengthOf({ mode, bits })
    expect(strength('plain', null)).toBe('none')
    expect(strength('dcnet', null)).toBe('≈ 128')
    expect(strength('pes-direct', 2048)).toBe('≈ 112')
    // Ed25519 and RSA are then the weakest.
    expect(strength('pes-reencrypt', 4096)).toBe('≈ 128')
    // README: of 22 neighbours 9 may collude with edge release and 6 with double mask.
    const bears = (mode: string, degree: number) => comparedContender(mode).facts.trust.bears?.(degree)
    expect([bears('dcnet', 22), bears('dcnet-double', 22), bears('dcnet', 2), bears('plain', 2)]).toEqual([9, 6, 0, undefined])
  })
})

describe('series', () => {
  it('sorts by mode, key and n, and takes the largest n that all have', () => {
    const results = generatedComparison({ sizes: [100, 10, 25], repeats: 1 })
    const combinations = combinationsOf({ ...results, runs: results.runs.filter(({ mode, n }) => mode !== 'dcnet' || n < 100).reverse() })
    expect(seriesOf(combinations).map(({ label }) => label)).toEqual([
      'plain',
      'dcnet',
      'dcnet-double',
      'pes-reencrypt 2048',
      'pes-reencrypt 3072',
      'pes-direct 2048',
      'pes-direct 3072'
    ])
    expect(combinations.slice(0, 3).map(({ n }) => n)).toEqual([10, 25, 100])
    expect(headlineOf(combinations).n).toBe(25)
    const none = headlineOf(combinations.filter(({ mode, n }) => (mode === 'plain') === (n === 10)))
    expect(none.n).toBeNull()
    expect(none.combinations.map(({ label, n }) => `${label}: ${n}`).slice(0, 2)).toEqual(['plain: 10', 'dcnet: 25'])
  })
})

it('writes a row of CSV for every measured value, that parses back', () => {
  const results = generatedComparison({ modes: ['plain', 'dcnet', 'pes-direct'], sizes: [10], bits: [2048], repeats: 2 })
  const rows: Record<string, string>[] = parse(resultsCsv(results), { columns: true })
  let values = 0
  for (const run of results.runs) {
    values += 1 + Object.keys(run.peakRssBytes).length + Object.keys(run.drops).length + 7 * Object.keys(run.setup.roles).length
    for (const slot of run.slots) values += 7 * Object.keys(slot.roles).length + (slot.latencyMs === null ? 6 : 11)
    for (const change of run.changes) values += 7 - Number(change.ms === null) - Number(change.keyAgreements === null)
  }
  expect(rows).toHaveLength(values)
  expect(Object.keys(rows[0] ?? {}).join()).toBe('run,mode,bits,n,degree,repeat,slot,phase,role,metric,unit,value')
  const one = (where: Record<string, string>) => rows.filter(row => Object.entries(where).every(([key, value]) => row[key] === value))
  const cpu = one({ run: '3', slot: '4', role: 'aggregator', metric: 'cpu' })
  expect(cpu).toHaveLength(1)
  expect(cpu[0]).toMatchObject({ mode: 'dcnet', bits: '', n: '10', degree: '9', repeat: '1', phase: 'steady', unit: 'ms' })
  expect(Number(cpu[0]?.value)).toBe(results.runs[3]?.slots[4]?.roles.aggregator?.cpuMs)
  expect(one({ run: '2', metric: 'dropped: unknown, or "late"' })).toMatchObject([{ value: '2', phase: 'run' }])
  expect(one({ run: '4', phase: 'join 1', metric: 'extraCpu' })).toMatchObject([{ value: String(results.runs[4]?.changes[0]?.extraCpuMs) }])
  expect(one({ run: '0', slot: '7', metric: 'latency' })).toEqual([])
  expect(new Set(rows.map(row => Object.values(row).slice(0, 10).join())).size).toBe(values)
})

describe('a folder', { timeout: LONG }, () => {
  const results: ComparedResults = generatedComparison()
  const full = join(folder, 'full')
  const warnings = vi.spyOn(console, 'warn')
  let files: readonly string[] = []
  const text = (name: string): string => readFileSync(join(full, name), 'utf8')
  beforeAll(async () => {
    files = await writeComparison(full, results, GENERATED_ENVIRONMENT)
  }, LONG)

  it('holds everything, and reads back', () => {
    expect([...files].sort()).toEqual(
      readdirSync(full, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath, entry.name).slice(full.length + 1))
        .sort()
    )
    expect(readComparison(full)).toEqual({ results, environment: GENERATED_ENVIRONMENT })
    expect(files.filter(name => name.endsWith('.svg'))).toHaveLength(7)
    expect(files.filter(name => name.endsWith('.tex'))).toHaveLength(TABLE_NAMES.length)
  })

  it('is the same when it is made again', async () => {
    const again = join(folder, 'again')
    const read = readComparison(full)
    await writeComparison(again, read.results, read.environment)
    for (const name of files) expect(readFileSync(join(again, name), 'utf8') === text(name), name).toBe(true)
  })

  it.each([
    ['cpu-meter', ['CPU of a meter (ms per reading)', 'meters n (log scale)']],
    ['cpu-collecting', ['CPU of the collecting side (ms per reading), log scale', 'meters n (log scale)']],
    ['cpu-roles', ['CPU (ms per reading)', 'concentrator', 'PES', 'supplier', 'registrar']],
    ['bytes', ['bytes sent per reading, all roles (B)', 'mode', 'on the wire', 'payload']],
    ['latency', ['deadline to total (real ms)', 'meters n (log scale)']],
    ['setup', ['time to the first slot (s)', 'bytes sent, all roles (MB), log scale']],
    ['changes', ['bytes beyond steady slots (kB)', 'CPU beyond steady slots (ms)', 'join', 'leave', 'crash']]
  ])('draws %s with titles, units and every mode', (name, titles) => {
    const svg = text(`figures/${name}.svg`)
    const words = elementTexts(svg, 'text')
    for (const title of [...titles, 'plain', 'dcnet-double', 'pes-direct 3072']) expect(words).toContain(title)
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
    expect(svg).toContain('font-family="sans-serif"')
    expect(svg).not.toContain(' id="')
  })

  it('draws without a warning', () => expect(warnings).not.toHaveBeenCalled())

  it('tells lines apart without colours', () => {
    const svg = text('figures/cpu-meter.svg')
    const dashes = [...svg.matchAll(/stroke-dasharray="([^"]*)"/g)].map(([, dash]) => dash)
    expect(new Set(dashes).size).toBe(7)
  })

  it.each([...TABLE_NAMES])('sets table %s so that LaTeX can read it', name => {
    const { columns, rows } = tablesOf(combinationsOf(results))[name]
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) expect(row).toHaveLength(columns.length)
    expectBalancedLatex(text(`tables/${name}.tex`), columns.length)
    expect(text(`tables/${name}.md`)).not.toMatch(/NaN|undefined/)
  })

  it('never has a median alone', () => {
    const { columns, rows } = tablesOf(combinationsOf(results)).headline
    for (const row of rows) {
      for (const [i, column] of columns.entries()) {
        if (/CPU|wire|payload|deadline/.test(column.title)) expect(row[i]).toMatch(/^[^ ()]+ \([^ ()]+(–| to )[^ ()]+\)$/)
      }
    }
  })

  it('makes a report that needs nothing else', () => {
    const html = text('report.html')
    const rest = html.replaceAll('http://www.w3.org/2000/svg', '').replaceAll('http://www.w3.org/1999/xlink', '')
    expect(rest).not.toMatch(/https?:/)
    expect(rest).not.toMatch(/<(?:script|link|img|iframe|object)\b|@import|url\(|\bsrc=|NaN|undefined/)
    for (const [, target = ''] of rest.matchAll(/href="([^"]*)"/g)) {
      expect(target).toMatch(/^#/)
      expect(rest).toContain(`id="${target.slice(1)}"`)
    }
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    // In the body no element stays open in HTML, so that it must be well-formed XML too.
    const body = html.slice(html.indexOf('<body>'), html.indexOf('</html>'))
    expect(elementTexts(body, 'caption')).toHaveLength(TABLE_NAMES.length)
    expect(elementTexts(body, 'figcaption')).toHaveLength(7)
    expect(elementTexts(body, 'code')[0]).toBe(results.command)
    expect(elementTexts(body, 'dd')).toContain(`${GENERATED_ENVIRONMENT.cpu}, 2 cores`)
    expect(elementTexts(body, 'strong')).toContain('Extrapolation.')
  })

  it('goes without what was not measured, and takes away what is no longer true', async () => {
    const small = generatedComparison({ modes: ['plain', 'pes-direct'], sizes: [10], bits: [512], repeats: 1 })
    const runs = small.runs.map(run => ({
      ...run,
      changes: [],
      slots: run.slots.map(slot => ({
        ...slot,
        lost: true,
        exact: false,
        latencyMs: null,
        sinceEndMs: null,
        protocolMs: null,
        units: null,
        rounds: null
      }))
    }))
    const written = await writeComparison(full, { ...small, runs }, GENERATED_ENVIRONMENT)
    expect(readdirSync(join(full, 'figures'))).toEqual(['setup.svg'])
    expect(written).not.toContain('tables/changes.tex')
    const headline = readFileSync(join(full, 'tables/headline.md'), 'utf8')
    expect(headline).toContain('| plain | 10 | – | – | – | – | – | – | 8 of 8 | none |')
    expect(readFileSync(join(full, 'tables/setup.md'), 'utf8')).toMatch(/\| plain \| 10 \| – \| [\d.]+ \|/)
    expect(readFileSync(join(full, 'tables/growth.md'), 'utf8')).toContain('too few sizes: 0, 3 are needed')
    elementTexts(readFileSync(join(full, 'figures/setup.svg'), 'utf8'), 'text')
    expect(readFileSync(join(full, 'report.html'), 'utf8')).toContain('beyond steady slots: nothing was measured.')
  })
})

/** A slot that cost a million times as much. */
function dearSlot(slot: ComparedSlot): ComparedSlot {
  const dear = (cost: RoleCost): RoleCost => Object.fromEntries(Object.entries(cost).map(([name, value]) => [name, 1e6 * value])) as never
  return { ...slot, roles: Object.fromEntries(Object.entries(slot.roles).map(([role, cost]) => [role, dear(cost)])) }
}

it('the tables on the terminal have 80 columns, with ten thousand meters too', () => {
  const results = generatedComparison({ modes: ['plain', 'dcnet', 'dcnet-double', 'pes-direct'], sizes: [10, 10_000], repeats: 2 })
  const dear = { ...results, runs: results.runs.map(run => ({ ...run, slots: run.slots.map(dearSlot) })) }
  for (const each of [results, dear]) {
    const lines = terminalTable(each).split('\n')
    expect(lines.filter(line => [...line].length > 80)).toEqual([])
    // Each part of a wide table has the first column, which names the mode.
    expect(lines.filter(line => line.startsWith('dcnet')).length).toBeGreaterThan(2)
  }
})

describe('a lane that is withheld', { timeout: LONG }, () => {
  const few = { able: 3, of: 10, needed: 6 }
  const made = generatedComparison({ modes: ['plain', 'dcnet'], sizes: [10], repeats: 2 })
  const runs = made.runs.map(run => ({
    ...run,
    slots: run.slots.map(slot => (run.mode === 'dcnet' && !slot.lost ? { ...slot, withheld: { '1-0:2.29.0': few } } : slot))
  }))
  const results = { ...made, runs }
  const note = 'dcnet at n = 10, 16 of 16 totals: 3 of 10 can feed in, 6 are needed.'

  it('is named under the costs of its mode, on the terminal too', () => {
    for (const name of ['headline', 'sizes'] as const)
      expect(tablesOf(combinationsOf(results))[name].notes.at(-1)).toMatch(new RegExp(`cost less where .*: ${note}$`))
    expect(terminalTable(results).replaceAll(/\s+/g, ' ')).toContain(note)
    expect(terminalTable(made)).not.toContain('withheld')
  })

  it('is counted in results.csv, and read again', async () => {
    const where = join(folder, 'withheld')
    await writeComparison(where, results, GENERATED_ENVIRONMENT)
    const table = await readTable(join(where, 'results.parquet'))
    if (typeof table === 'string') throw new Error(table)
    const cells: string[][] = parse(resultsCsv(results))
    expect([table.names, ...table.rows.map(row => table.names.map(name => String(row[name] ?? '')))]).toEqual(cells)
    expect([typeof table.rows[0]?.n, typeof table.rows[0]?.value, table.rows[0]?.role]).toEqual(['bigint', 'number', null])
    expect(readComparison(where).results).toEqual(results)
    const rows = parse(resultsCsv(results), { columns: true }) as { mode: string; metric: string; value: string }[]
    const counted = rows.filter(({ metric }) => metric === 'withheld')
    expect(counted).toHaveLength(32)
    for (const { mode, value } of counted) expect(value).toBe(mode === 'dcnet' ? '1' : '0')
  })
})

describe('reading', { timeout: LONG }, () => {
  it('says what is wrong with a folder', async () => {
    expect(() => readComparison(join(folder, 'nowhere'))).toThrow(/results\.json: expected the results of a comparison, got ENOENT/)
    const broken = join(folder, 'broken')
    const results = generatedComparison({ modes: ['plain'], sizes: [10], repeats: 1 })
    await writeComparison(broken, results, GENERATED_ENVIRONMENT)
    const replace = (value: unknown) =>
      writeFileSync(join(broken, 'results.json'), typeof value === 'string' ? value : JSON.stringify(value))
    replace(`\ufeff${JSON.stringify(results).replaceAll(',', ',\r\n')}`)
    expect(readComparison(broken).results).toEqual(results)
    replace('{')
    expect(() => readComparison(broken)).toThrow(/results\.json: expected the results of a comparison, got no JSON/)
    replace({ ...results, format: 'hushgrid-compare/9' })
    expect(() => readComparison(broken)).toThrow(/results\.json: format: /)
    replace({ ...results, runs: [{ ...results.runs[0], n: 0 }] })
    expect(() => readComparison(broken)).toThrow(/results\.json: runs\.0\.n: /)
    replace({ ...results, surprise: 1 })
    expect(() => readComparison(broken)).toThrow(/surprise/)
  })

  it('refuses to write nothing', async () => {
    const none = { ...generatedComparison({ modes: [] }) }
    await expect(writeComparison(join(folder, 'none'), none, GENERATED_ENVIRONMENT)).rejects.toThrow('expected at least one run, got none')
  })
})

it('names the machine, and nobody', () => {
  const environment = comparedEnvironment()
  expect(Object.keys(environment).sort()).toEqual(Object.keys(GENERATED_ENVIRONMENT).sort())
  expect(environment.node).toBe(process.version)
  expect(environment.versions.libp2p).toMatch(/^\d/)
  expect(environment.commit === null || /^[0-9a-f]{40}$/.test(environment.commit)).toBe(true)
  const written = JSON.stringify(environment)
  // Who has no home of their own has '/', which names nobody.
  for (const name of [hostname(), process.cwd(), homedir()].filter(name => name !== '/')) expect(written).not.toContain(name)
})
