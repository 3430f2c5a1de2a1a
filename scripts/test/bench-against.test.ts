// One run of the benchmark against another, and the files that they come from.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BenchFileError,
  type BenchRun,
  compareRuns,
  comparisonText,
  figure,
  figuresText,
  inTurn,
  type PartFigure,
  readBenchRun,
  worseThan,
  writeBenchRun
} from '@hushgrid/bench'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { main } from '../src/commands/bench-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-bench-against-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => vi.restoreAllMocks())

const MACHINE = { cpu: 'Example 1', cores: 2, memoryBytes: 8e9, platform: 'linux x64', node: 'v26.10.0', openssl: '3.5.8' }

/** A time with quartiles a tenth to either side. */
const timed = (name: string, value: number, more: Partial<PartFigure> = {}): PartFigure => ({
  part: 'computation',
  name,
  unit: 'µs',
  value,
  spread: { q1: 0.9 * value, q3: 1.1 * value },
  runs: 9,
  ...more
})

const counted = (name: string, value: number): PartFigure => ({ part: 'double-mask', name, unit: 'B', value, counted: true, runs: 1 })

const runOf = (figures: readonly PartFigure[], more: Partial<BenchRun> = {}): BenchRun => ({
  format: 'hushgrid-bench/2',
  time: '2026-01-02T03:04:05.678Z',
  seed: 'bench',
  machine: MACHINE,
  tiny: false,
  figures,
  ...more
})

const BOTH = [timed('mask', 10, { floor: 'AES', floorValue: 4, ratio: 2.5, ratioSpread: { q1: 2.4, q3: 2.6 } }), counted('payload', 120)]

const verdictOn = (now: PartFigure, before: PartFigure) => compareRuns(runOf([now]), runOf([before]), true).figures[0]?.verdict

/** Runs the command in this process. */
async function bench(...args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', '']
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    stdout += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation(text => {
    stderr += String(text)
    return true
  })
  const status = await main(args)
  vi.restoreAllMocks()
  return { status, stdout, stderr }
}

function written(name: string, run: BenchRun): string {
  const file = join(folder, name)
  writeBenchRun(file, run)
  return file
}

describe('figures of rounds', () => {
  it('are medians with their middle half, and ratios round by round', () => {
    const floor = { name: 'bare', values: [1, 1, 2, 4, 4] }
    expect(figure({ name: 'work', unit: 'µs' }, [2, 4, 6, 8, 40], floor)).toEqual({
      name: 'work',
      unit: 'µs',
      value: 6,
      spread: { q1: 4, q3: 8 },
      floor: 'bare',
      floorValue: 2,
      ratio: 3,
      ratioSpread: { q1: 2, q3: 4 },
      runs: 5
    })
  })

  it('have no quartiles where there was one round or nothing was timed', () => {
    expect(figure({ name: 'one', unit: 's' }, [3])).toEqual({ name: 'one', unit: 's', value: 3, runs: 1 })
    expect(figure({ name: 'size', unit: 'B', counted: true }, [3, 3]).spread).toBeUndefined()
  })

  it('are refused where nothing was measured', () => {
    expect(() => figure({ name: 'work', unit: 's' }, [Number.NaN])).toThrow('work: expected a value a round, got none')
    expect(() => figure({ name: 'work', unit: 's' }, [1], { name: 'bare', values: [0] })).toThrow(
      'work: expected a floor that takes time, got none'
    )
  })

  it('come of as many rounds as asked for, the two in turn', () => {
    const order: string[] = []
    const { ours, floor } = inTurn(
      2,
      1,
      () => void order.push('a'),
      () => void order.push('b')
    )
    expect(ours).toHaveLength(2)
    expect(floor).toHaveLength(2)
    // All of the warm-up, and then a call that is not counted and one that is.
    expect(order.join('')).toMatch(/^a+b+(aabb){2}$/)
  })
})

describe('two runs', () => {
  it('that are the same have ratio 1 everywhere', () => {
    const { figures, ...rest } = compareRuns(runOf(BOTH), runOf(BOTH), true)
    expect(figures.map(({ name, ratio, floorRatio, verdict }) => [name, ratio, floorRatio, verdict])).toEqual([
      ['mask', 1, 1, 'same'],
      ['payload', 1, undefined, 'same']
    ])
    expect(rest).toEqual({ appeared: [], gone: [], leftOut: [], otherUnit: [], machine: [], remarks: [] })
  })

  it('differ where the middle halves are apart and the medians too', () => {
    expect(verdictOn(timed('mask', 13), timed('mask', 10))).toBe('worse')
    expect(verdictOn(timed('mask', 10), timed('mask', 13))).toBe('better')
    // 9.9 to 12.1 beside 9 to 11.
    expect(verdictOn(timed('mask', 11), timed('mask', 10))).toBe('same')
    // Apart, but by less than one process can tell.
    const narrow = (value: number) => timed('mask', value, { spread: { q1: value, q3: value } })
    expect(verdictOn(narrow(10.4), narrow(10))).toBe('same')
    expect(verdictOn(narrow(10.6), narrow(10))).toBe('worse')
  })

  it('differ only perhaps where one of them has no quartiles', () => {
    const { spread: _, ...alone } = timed('mask', 10)
    expect(verdictOn(timed('mask', 13), alone)).toBe('perhaps worse')
    expect(verdictOn(alone, timed('mask', 13))).toBe('perhaps better')
    expect(verdictOn(timed('mask', 11.5), alone)).toBe('same')
  })

  it('differ in a size or a count by however little', () => {
    expect(verdictOn(counted('payload', 121), counted('payload', 120))).toBe('worse')
    expect(verdictOn(counted('payload', 119), counted('payload', 120))).toBe('better')
  })

  it('have a ratio where there was nothing before, and none where it was below zero', () => {
    const ratioOf = (now: number, before: number) =>
      compareRuns(runOf([counted('lost', now)]), runOf([counted('lost', before)]), true).figures[0]?.ratio
    expect([ratioOf(0, 0), ratioOf(1, 0), ratioOf(0, 1), ratioOf(1, -1)]).toEqual([1, Infinity, 0, undefined])
  })

  it('tell what the machine did from what the figure did, by the floor', () => {
    const beside = (value: number, floorValue: number, floor = 'AES') => {
      const ratio = value / floorValue
      return timed('mask', value, { floor, floorValue, ratio, ratioSpread: { q1: 0.95 * ratio, q3: 1.05 * ratio } })
    }
    const against = (now: PartFigure) => {
      const comparison = compareRuns(runOf([now]), runOf([beside(10, 4)]), true)
      const [first] = comparison.figures
      return [first?.ratio, first?.floorRatio, first?.verdict, worseThan(comparison, 1.5).length]
    }
    expect(against(beside(20, 8))).toEqual([2, 2, 'as its floor', 0])
    expect(against(beside(5, 2))).toEqual([0.5, 0.5, 'as its floor', 0])
    // The floor is slower too, but not by as much; not at all; another one.
    expect(against(beside(20, 5))).toEqual([2, 1.25, 'worse', 1])
    expect(against(beside(20, 4))).toEqual([2, 1, 'worse', 1])
    expect(against(beside(20, 8, 'ChaCha'))).toEqual([2, undefined, 'worse', 1])
    // Quartiles of the ratio that do not fit the floor's own time settle nothing.
    expect(against({ ...beside(20, 4), ratioSpread: { q1: 2.4, q3: 5.1 } })).toEqual([2, 1, 'worse', 1])
  })

  it('say which figures are new, gone, left out and in another unit', () => {
    const now = runOf([timed('mask', 10), timed('sum', 1, { unit: 'ms' })])
    const before = runOf([timed('key', 3), timed('sum', 1), counted('payload', 120)])
    const comparison = compareRuns(now, before, false)
    expect(comparison).toMatchObject({
      figures: [],
      appeared: ['mask'],
      gone: ['key'],
      leftOut: ['payload'],
      otherUnit: [{ name: 'sum', now: 'ms', before: 'µs' }]
    })
    const text = comparisonText(comparison, 'before.json')
    for (const part of [
      'no figure is in both runs',
      'new:\n  mask',
      'gone:\n  key',
      'sum: ms now, µs before',
      'not measured now: 1 figure'
    ])
      expect(text).toContain(part)
  })

  it('take a figure of format 1 for gone only where all was measured', () => {
    const { part: _, spread: __, ...old } = timed('key', 3)
    const before = runOf([old], { format: 'hushgrid-bench/1' })
    expect(compareRuns(runOf(BOTH), before, true)).toMatchObject({ gone: ['key'], leftOut: [] })
    expect(compareRuns(runOf(BOTH), before, false)).toMatchObject({ gone: [], leftOut: ['key'] })
  })

  it('say in what machine, seed and size differ', () => {
    const other = runOf(BOTH, { machine: { ...MACHINE, cpu: 'Example 2', memoryBytes: 16e9 }, seed: 'other', tiny: true })
    const text = comparisonText(compareRuns(other, runOf(BOTH), true), 'before.json')
    expect(text).toContain('note: the machine differs: cpu Example 2 now, Example 1 before')
    expect(text).toContain('note: the machine differs: memory 16 GB now, 8 GB before')
    expect(text).toContain('note: the seeds differ: "other" now, "bench" before')
    expect(text).toContain('note: only the run of now is tiny')
    expect(text).not.toContain('cores')
  })

  it('say which parts a busy machine disturbed, in the file, beside the figures and beside an earlier run', () => {
    const disturbed = 'other programs used 1.6 of 2 cores'
    const file = written(
      'disturbed.json',
      runOf(
        BOTH.map(each => ({ ...each, disturbed })),
        { loadAverage: { start: 3.1, end: 4 } }
      )
    )
    const now = readBenchRun('--from', file)
    expect(now.loadAverage).toEqual({ start: 3.1, end: 4 })
    expect(figuresText(now.figures)).toContain(`DISTURBED: ${disturbed}`)
    const { remarks } = compareRuns(now, runOf(BOTH), true)
    expect(remarks).toEqual([`a busy machine disturbed the run of now: computation (${disturbed}), double-mask (${disturbed})`])
    expect(compareRuns(runOf(BOTH), runOf(BOTH), true).remarks).toEqual([])
  })

  it('fail on what is surely or perhaps worse by more than the limit, and on nothing else', () => {
    const before = [timed('noise', 10), timed('slow', 10), timed('fast', 10), counted('lost', 0)]
    const now = [timed('noise', 11), timed('slow', 16), timed('fast', 5), counted('lost', 1)]
    const comparison = compareRuns(runOf(now), runOf(before), true)
    const names = (limit: number) => worseThan(comparison, limit).map(({ name }) => name)
    expect(names(1)).toEqual(['slow', 'lost'])
    expect(names(1.6)).toEqual(['lost'])
  })
})

describe('pnpm bench --against', () => {
  it('prints now, before, ratio and verdict, and ends with 1 only where --fail-above is passed', async () => {
    const before = written('before.json', runOf(BOTH))
    const now = written('now.json', runOf([timed('mask', 20), counted('payload', 120)]))
    const run = await bench('--from', now, '--against', before)
    expect(run).toMatchObject({ status: 0, stderr: '' })
    expect(run.stdout).toMatch(/^mask +20 µs +10 µs +2\.00 × +worse$/m)
    expect(run.stdout).toMatch(/^payload +120 B +120 B +1\.00 × +same$/m)
    expect(run.stdout).toContain('0 better, 0 perhaps better, 1 same, 0 as its floor, 0 perhaps worse, 1 worse')
    const failed = await bench('--from', now, '--against', before, '--fail-above', '1.5')
    expect(failed.status).toBe(1)
    expect(failed.stdout).toMatch(/\nworse by more than 1\.5 ×: mask\n$/)
    expect((await bench('--from', now, '--against', before, '--fail-above', '2')).status).toBe(0)
    expect((await bench('--from', before, '--against', now, '--fail-above', '1')).status).toBe(0)
  })

  it('reads a file of format 1', async () => {
    const file = join(folder, 'old.json')
    const figures = [{ name: 'mask', unit: 'µs', value: 5, floor: 'AES', ratio: 2.5, goal: 5, runs: 9 }]
    writeFileSync(
      file,
      // As an editor of another system saves it.
      `\ufeff${JSON.stringify({ format: 'hushgrid-bench/1', time: '2025-01-02T03:04:05Z', machine: MACHINE, tiny: false, figures })}\r\n`
    )
    const now = written('now-of-2.json', runOf(BOTH))
    const { status, stdout } = await bench('--from', now, '--against', file)
    expect(status).toBe(0)
    // The floor of then follows from value and ratio.
    expect(stdout).toMatch(/^mask +10 µs +5 µs +2\.00 × +2\.00 × +perhaps worse$/m)
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('note: the run before is of hushgrid-bench/1, which keeps no quartiles and no seed')
  })

  it.each([
    ['no JSON', 'mask: 3', /expected the JSON of a pnpm bench, got no JSON$/],
    ['something else', '[1, 2]', /expected format hushgrid-bench\/2 or hushgrid-bench\/1, got none$/],
    [
      'another format',
      '{"format": "hushgrid-bench/3"}',
      /expected format hushgrid-bench\/2 or hushgrid-bench\/1, got "hushgrid-bench\/3"$/
    ],
    ['no machine', JSON.stringify({ ...runOf(BOTH), machine: undefined }), /: machine: /],
    ['a value that is none', JSON.stringify(runOf([timed('mask', Number.NaN)])), /: figures\.0\.value: /],
    ['no figures', JSON.stringify(runOf([])), /: figures: /],
    ['a name twice', JSON.stringify(runOf([...BOTH, ...BOTH])), /: figures: expected each name once, got one twice$/],
    [
      'a value beside its quartiles',
      JSON.stringify(runOf([timed('mask', 10, { spread: { q1: 11, q3: 12 } })])),
      /: figures\.0: expected a value between its quartiles$/
    ],
    ['quartiles in format 1', JSON.stringify({ ...runOf(BOTH), format: 'hushgrid-bench/1', seed: undefined }), /: figures\.0: /]
  ])('refuses a file that is or has %s', async (_, text, message) => {
    const file = join(folder, 'wrong.json')
    writeFileSync(file, text)
    expect(() => readBenchRun('--against', file)).toThrow(BenchFileError)
    const { status, stdout, stderr } = await bench('--against', file)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr.trimEnd()).toMatch(message)
    expect(stderr).toMatch(/^--against .*wrong\.json: [^\n]+\n$/)
  })

  it.each([
    [['--fail-above', '0.5', '--against', 'x'], /--fail-above: expected a ratio of at least 1, for example 1\.5, got "0\.5"/],
    [['--from', 'x', '--tiny'], /--from: expected without --tiny/],
    [['--seed', ''], /--seed: expected a text, got an empty one/],
    [['--only', 'codec,codec'], /--only: expected each part once, got "codec,codec"/]
  ])('refuses %j', async (args, message) => {
    const { status, stderr } = await bench(...args)
    expect(status).toBe(2)
    expect(stderr).toMatch(message)
  })
})
