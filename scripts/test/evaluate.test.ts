// `pnpm evaluate` and `pnpm sweep`, a tiny instance of each: real runs in virtual time, and one of live nodes.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EvaluatedRun } from '@hushgrid/evaluation'
import { EVALUATION_DEFAULTS } from '@hushgrid/evaluation/options'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { main as evaluate } from '../src/commands/evaluate-command.ts'
import { main as sweep } from '../src/commands/sweep-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-evaluate-test-'))
const inFolder = (name: string): string => join(folder, name)
/** Processes that start on two busy cores. */
const LONG = 180_000

afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => {
  vi.restoreAllMocks()
})

interface Ended {
  readonly status: number
  readonly out: string
  readonly err: string
}

function run(program: 'evaluate.ts' | 'sweep.ts', ...args: string[]): Promise<Ended> {
  const script = fileURLToPath(new URL(`../src/${program}`, import.meta.url))
  return new Promise(resolve => {
    execFile(process.execPath, [script, ...args], { timeout: LONG }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, out, err })
    )
  })
}

/** Runs a command in this process, which has loaded already what it needs. */
async function here(main: typeof evaluate, ...args: string[]): Promise<Ended> {
  const said = { out: '', err: '' }
  const into = (stream: keyof typeof said) => (text: string | Uint8Array) => {
    said[stream] += text
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(into('out'))
  vi.spyOn(process.stderr, 'write').mockImplementation(into('err'))
  const status = await main(args)
  vi.restoreAllMocks()
  return { status, ...said }
}

const runsIn = (name: string): EvaluatedRun[] =>
  readdirSync(join(inFolder(name), 'runs'))
    .sort()
    .map(file => JSON.parse(readFileSync(join(inFolder(name), 'runs', file), 'utf8')))

describe('an evaluation', () => {
  it('runs a file in virtual time and live, and makes what it asks for, again too', { timeout: LONG }, async () => {
    const file = inFolder('tiny.yaml')
    writeFileSync(
      file,
      [
        'name: tiny',
        'about: The least that shows something.',
        'n: 6',
        'slots: 2',
        'warmUp: 1',
        'repeats: 1',
        'changes: false',
        'contenders: [plain, dcnet]',
        'exhibits: [security, cpu]',
        'series:',
        '  - { drive: simulated }',
        '  - { drive: live, contenders: plain }',
        ''
      ].join('\n')
    )
    const { status, out, err } = await run('evaluate.ts', file, '--out', inFolder('tiny'), '--jobs', '2', '--repeat-disturbed')
    expect([status, err.includes('failed')], err).toEqual([0, false])
    expect(err).toContain('3 runs; seed tiny\n')
    expect(out).toMatch(/^\d+ files written to .*tiny\n$/)
    const runs = runsIn('tiny')
    expect(runs.map(({ point }) => `${point.contender} ${point.drive} ${point.degree}`)).toEqual([
      'dcnet simulated 6',
      'plain live null',
      'plain simulated null'
    ])
    for (const { slots, warmUpSlots, parties } of runs) {
      expect([slots.length, warmUpSlots, parties.meter]).toEqual([2, 1, 6])
      // A busy machine may lose a slot of live nodes.
      expect(slots.filter(({ outcome, exact, busy }) => !busy && (outcome === 'lost' || exact !== true))).toEqual([])
      for (const { roles } of slots) expect(roles.meter?.cpuMs).toBeGreaterThan(0)
    }
    const live = runs.find(({ point }) => point.drive === 'live')
    expect(live?.slots[0]?.roles.meter?.sentWire).toBeGreaterThan(live?.slots[0]?.roles.meter?.sentBytes as number)
    expect([live?.setup.ms, live?.memory.aggregator].map(Number).filter(value => value > 0)).toHaveLength(2)
    const head = JSON.parse(readFileSync(join(inFolder('tiny'), 'evaluation.json'), 'utf8'))
    expect(head.command).toBe(`pnpm evaluate ${file} --out ${inFolder('tiny')} --jobs 2 --repeat-disturbed`)

    const tables = join(inFolder('tiny'), 'tables')
    const before = readFileSync(join(tables, 'security.tex'), 'utf8')
    rmSync(tables, { recursive: true })
    const again = await run('evaluate.ts', '--from', inFolder('tiny'), '--only', 'security', 'exposure')
    expect([again.status, again.out.includes('made again in')]).toEqual([0, true])
    expect(readFileSync(join(tables, 'security.tex'), 'utf8')).toBe(before)
    expect(readdirSync(tables).some(name => name.startsWith('cpu'))).toBe(false)
  })

  it('lists what it would run', { timeout: LONG }, async () => {
    const list = await here(evaluate, '--list')
    const quick = await here(evaluate, 'quick', '--dry-run', '--jobs', '2')
    expect([list.status, list.out.match(/^\w+/gm)]).toEqual([0, ['chapter', 'quick', 'readme']])
    expect(quick.out).toContain('klenze_simulated_n20_bits2048_lanes2_dropout0_delay100_loss0_repeat2\n')
    expect(quick.out.trimEnd().split('\n').at(-1)).toMatch(/^\d+ runs: \d+ simulated; seed quick; roughly \d+ (s|min)$/)
  })
})

describe('a sweep', () => {
  it('makes one figure of one parameter', { timeout: LONG }, async () => {
    const common = ['--contenders', 'plain', '--n', '6', '--slots', '2', '--warm-up', '1', '--repeats', '1', '--no-changes']
    const args = ['dropout', '0..0.2:0.2', '--figure', 'dropout', ...common, '--out', inFolder('sweep')]
    const { status, out, err } = await run('sweep.ts', ...args)
    expect([status, out], err).toEqual([0, expect.stringMatching(/^\d+ files written to /)])
    expect(
      runsIn('sweep')
        .map(({ point }) => point.dropout)
        .sort()
    ).toEqual([0, 0.2])
    expect(existsSync(join(inFolder('sweep'), 'captions', 'dropout.txt'))).toBe(true)
  })

  it('lists what it would run', { timeout: LONG }, async () => {
    const args = ['degree', '4..12:4', '--figure', 'dropout', '--contenders', 'dcnet,dcnet-double', '--dropout', '0.1', '--dry-run']
    const { status, out } = await here(sweep, ...args)
    expect([status, out.match(/degree\d+/g)?.slice(0, 6)]).toEqual([
      0,
      ['degree4', 'degree4', 'degree8', 'degree8', 'degree12', 'degree12']
    ])
    const churned = await here(sweep, ...['n', '10', '--figure', 'cpu', '--contenders', 'plain', '--churn', 'none,poisson', '--dry-run'])
    expect([churned.status, churned.out.match(/churn-poisson/g)?.length]).toEqual([0, EVALUATION_DEFAULTS.repeats])
  })
})

it('refuses wrong input in one sentence', { timeout: LONG }, async () => {
  writeFileSync(inFolder('wrong.yaml'), 'name: wrong\nabout: A.\nn: 5\n')
  const wrong: readonly (readonly [typeof evaluate, string[], RegExp])[] = [
    [evaluate, [], /^expected an evaluation file or the name of a shipped one; --list shows those$/],
    [evaluate, ['quick'], /^--out: expected a folder/],
    [evaluate, ['quik', '--out', inFolder('x')], /^expected an evaluation file .*, got 'quik' \(did you mean quick\?\)$/],
    [evaluate, [inFolder('none.yaml'), '--dry-run'], /none\.yaml: expected an evaluation file, got no such file/],
    [evaluate, [inFolder('wrong.yaml'), '--dry-run'], /wrong\.yaml:3:4: n: expected a whole number from 6 to 10000, .* got 5$/],
    [evaluate, ['quick', '--out', '/proc/x'], /^--out \/proc\/x: expected a folder that can be written to, got ENOENT$/],
    [evaluate, ['quick', '--only', 'cpq'], /^--only: expected one of .* got 'cpq' \(did you mean cpu\?\)$/],
    [
      evaluate,
      ['--from', inFolder('none'), '--without-disturbed'],
      /none\/evaluation\.json: expected a file of an evaluation, got ENOENT$/
    ],
    [evaluate, ['--from', inFolder('none'), '--seed', 's'], /^--seed: expected without --from, which runs nothing$/],
    [evaluate, ['quick', '--archive', inFolder('x')], /^--archive: expected with --from, the folder whose runs it keeps$/],
    [
      evaluate,
      ['--from', inFolder('none'), '--archive', inFolder('x')],
      /none\/evaluation\.json: expected a file of an evaluation, got ENOENT$/
    ],
    [
      evaluate,
      ['--from', inFolder('none'), '--archive', inFolder('x'), '--out', inFolder('y')],
      /^--out: expected without --archive, which makes no figures$/
    ],
    [sweep, ['slots', '3', '--figure', 'cpu'], /^parameter: expected one of n, degree, .* got 'slots'/],
    [sweep, ['n', '10', '--dry-run'], /^--figure: expected one of headline, /],
    [sweep, ['n', '10', '--figure', 'cpu', '--n', '20', '--dry-run'], /^n: expected either as the parameter or as an option, got both$/],
    [sweep, ['n', '4..10:2', '--figure', 'cpu', '--dry-run'], /^n: expected a whole number from 6 .*, got '4'$/]
  ]
  for (const [main, args, sentence] of wrong) {
    const { status, out, err } = await here(main, ...args)
    expect.soft([status, out], args.join(' ')).toEqual([2, ''])
    expect.soft(err.trimEnd().split('\n').at(-1), args.join(' ')).toMatch(sentence)
  }
  expect(existsSync(inFolder('x'))).toBe(false)
})
