// Runs of an evaluation in processes of their own, and what its folder keeps of them. The runs are stand-ins.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import type { EvaluationFields } from '../../src/file/evaluation-schema.ts'
import { archiveEvaluation } from '../../src/keep/archive.ts'
import { basisOf } from '../../src/keep/basis.ts'
import { readEvaluation } from '../../src/keep/read-evaluation.ts'
import { evaluationPlan } from '../../src/plan/plan.ts'
import { runName } from '../../src/plan/run-name.ts'
import type { RunOrder } from '../../src/record/order.ts'
import { planText, remakeEvaluation, runEvaluation } from '../../src/run/run-evaluation.ts'
import { inOrder } from '../../src/run/schedule.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-evaluation-'))
const standIn = new URL('../support/stand-in-run.ts', import.meta.url)
const LONG = 60_000

afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => {
  vi.restoreAllMocks()
})

interface Options {
  readonly seed?: string
  readonly repeatDisturbed?: number
}

/** Runs an evaluation of stand-ins; gives its status and what it says. */
async function evaluated(name: string, fields: Partial<EvaluationFields>, { seed, repeatDisturbed = 0 }: Options = {}) {
  let err = ''
  let listeners: number | undefined
  vi.spyOn(process.stderr, 'write').mockImplementation(text => {
    err += text
    return true
  })
  vi.spyOn(process.stdout, 'write').mockImplementation(() => {
    listeners = process.listenerCount('SIGINT')
    return true
  })
  const all = { name: 'test', about: 'A test.', n: 6, repeats: 1, slots: 4, changes: false, exhibits: 'security' as const, ...fields }
  const plan = evaluationPlan(all, seed)
  const wish = { command: 'pnpm evaluate test', out: join(folder, name), jobs: 2, repeatDisturbed }
  const status = await runEvaluation(plan, { ...wish, modules: { simulated: standIn, live: standIn } })
  return { status, err, listeners, kept: readEvaluation(join(folder, name)) }
}

const runFiles = (name: string): string[] => readdirSync(join(folder, name, 'runs'))

describe('an evaluation', () => {
  it('keeps a file a run, by name, and makes its exhibits', { timeout: LONG }, async () => {
    const before = process.listenerCount('SIGINT')
    const { status, err, listeners, kept } = await evaluated('whole', { contenders: ['plain', 'shi'], repeats: 2 })
    expect([status, kept.missing, kept.seed]).toEqual([0, [], 'test'])
    expect(runFiles('whole').sort()).toEqual(kept.runs.map(({ point }) => `${runName(point)}.json`).sort())
    expect(kept.runs.map(({ point, seed }) => [point.contender, seed])).toEqual([
      ['plain', 'test/0'],
      ['shi', 'test/0'],
      ['plain', 'test/1'],
      ['shi', 'test/1']
    ])
    expect(err).toMatch(/^4 runs; seed test\n1\/4 plain, n = 6, repeat 1 …, about \d+ s left\n/)
    expect(err.match(/^\d(?=\/4 )/gm)).toEqual(['1', '2', '3', '4'])
    expect(err).toContain('warning: shi, n = 6, repeat 2: a slot was late\n')
    // Ctrl-C ends the drawing at once.
    expect(listeners).toBe(before)
    expect(readdirSync(join(folder, 'whole', 'tables'))).toContain('security.tex')
    expect(await remakeEvaluation(join(folder, 'whole'), { only: ['security'] })).toBe(0)
  })

  it('goes on where a run fails, keeps the reason, and tries it again', { timeout: LONG }, async () => {
    const fields = { contenders: ['plain', 'marmol', 'busom', 'vetter'] }
    const { status, err, kept } = await evaluated('failing', fields)
    expect(status).toBe(1)
    expect(kept.missing.map(({ point, failed }) => [point.contender, failed])).toEqual([
      ['marmol', 'expected keys that sum to zero, got others'],
      ['busom', 'TypeError: turn.group is undefined'],
      ['vetter', 'its process ended before it did (exit status 3)']
    ])
    expect(err.replaceAll(/\s+/g, ' ')).toContain('3 of 4 runs not there: marmol, n = 6, repeat 1 (expected keys')
    const [trace] = readdirSync(join(folder, 'failing', 'failed')).filter(file => file.startsWith('busom'))
    expect(readFileSync(join(folder, 'failing', 'failed', trace ?? ''), 'utf8')).toContain('stand-in-run.ts')
    const again = await evaluated('failing', fields)
    expect(again.err).toContain('4 runs, of which 1 are there; seed test')
  })

  it('ends with 1 where a total is wrong', { timeout: LONG }, async () => {
    const { status, err } = await evaluated('wrong', { contenders: 'ttp' })
    expect([status, err.includes('4 of 4 slots with a total, 4 of them wrong')]).toEqual([1, true])
  })

  it('runs again what a busy machine disturbed, so often as it is told', { timeout: LONG }, async () => {
    // A live run tells its own processes from others; a simulated one does not know of those that run beside it.
    const simulated = await evaluated('siblings', { contenders: 'leontiadis' })
    expect(simulated.kept.runs[0]?.disturbance).not.toBe('other programs used 1.9 of 2 cores')
    const fields = { contenders: 'leontiadis', drive: 'live' as const }
    const first = await evaluated('disturbed', fields)
    expect(first.kept.runs[0]?.replaces).toBeUndefined()
    const second = await evaluated('disturbed', fields, { repeatDisturbed: 2 })
    expect(second.kept.runs[0]?.replaces).toBe(2)
    const third = await evaluated('disturbed', fields, { repeatDisturbed: 2 })
    expect(third.err).toContain('1 run, of which 1 are there')
    await expect(remakeEvaluation(join(folder, 'disturbed'), { only: ['security'], withoutDisturbed: true })).rejects.toThrow(
      /disturbed: expected at least one run to make figures from, got none$/
    )
  })
})

describe('a folder', () => {
  it('takes more points, and no others', { timeout: LONG }, async () => {
    const out = join(folder, 'more')
    await evaluated('more', { contenders: 'plain' })
    const more = await evaluated('more', { contenders: ['plain', 'shi'], repeats: 2, about: 'Another subject.' })
    expect([more.kept.runs.length, more.err.startsWith('4 runs, of which 1 are there')]).toEqual([4, true])
    await expect(evaluated('more', { contenders: ['shi'] })).rejects.toThrow(
      `--out ${out}: expected runs that test asks for, got plain_simulated_n6_lanes2_dropout0_delay100_loss0_repeat0; another folder takes a changed file`
    )
    await expect(evaluated('more', { contenders: ['plain', 'shi'], repeats: 2, slots: 5 })).rejects.toThrow(/expected runs of 5 \+ 2 slots/)
    await expect(evaluated('more', { contenders: ['plain', 'shi'], repeats: 2 }, { seed: 'other' })).rejects.toThrow(
      `--out ${out}: expected an evaluation of the seed other, got one of test; another folder takes it`
    )
    await expect(evaluated('more', { name: 'another' })).rejects.toThrow(/of the file another, got one of test;/)
  })

  it('takes no runs of other code or of another machine', { timeout: LONG }, async () => {
    const fields = { contenders: 'plain' }
    await evaluated('code', fields)
    const file = join(folder, 'code', 'evaluation.json')
    const head = JSON.parse(readFileSync(file, 'utf8'))
    expect(head.basis).toEqual(basisOf(undefined))
    writeFileSync(file, JSON.stringify({ ...head, environment: { ...head.environment, cores: 64 } }))
    await expect(evaluated('code', fields)).rejects.toThrow(/expected an evaluation of the machine \d+ × .*, got one of 64 × /)
    // Another commit of the same code is none.
    writeFileSync(file, JSON.stringify({ ...head, environment: { ...head.environment, commit: '0'.repeat(40) } }))
    expect((await evaluated('code', fields)).status).toBe(0)
    writeFileSync(file, JSON.stringify({ ...head, basis: { ...head.basis, code: '0' } }))
    await expect(evaluated('code', fields)).rejects.toThrow(/expected an evaluation of the code of commit \w+/)
  })

  it('takes no runs of another scenario of the same name', { timeout: LONG }, async () => {
    const churn = join(folder, 'own.yaml')
    const scenario = (meter: number): string =>
      `name: own\nabout: A.\nseed: s\nmembers: 6\nslots: 4\noperations:\n  - { at: 2, do: leave, meter: ${meter} }\n`
    writeFileSync(churn, scenario(1))
    await evaluated('churn', { contenders: 'plain', churn })
    writeFileSync(churn, `# The same.\n${scenario(1)}`)
    expect((await evaluated('churn', { contenders: 'plain', churn })).err).toContain('1 run, of which 1 are there')
    writeFileSync(churn, scenario(2))
    await expect(evaluated('churn', { contenders: 'plain', churn })).rejects.toThrow(
      /expected an evaluation of the churn .*own\.yaml, got one of/
    )
  })

  it('is archived in three files, of which figures are made as of the folder', { timeout: LONG }, async () => {
    const { kept } = await evaluated('long', { contenders: ['plain', 'marmol'], n: [6, 7] })
    const [from, to, out] = ['long', 'archive', 'made'].map(name => join(folder, name)) as [string, string, string]
    expect(archiveEvaluation(from, to)).toBe(2)
    expect(readdirSync(to).sort()).toEqual(['evaluation.json', 'planned.json', 'runs.jsonl.gz'])
    const { runs, missing, ...head } = readEvaluation(to)
    expect([runs, head]).toEqual(
      [kept.runs, { ...kept, runs: undefined, missing: undefined }].map(each => JSON.parse(JSON.stringify(each)))
    )
    expect(missing.map(({ point }) => point)).toEqual(kept.missing.map(({ point }) => point))
    await remakeEvaluation(to, { only: ['security'], out })
    await remakeEvaluation(from, { only: ['security'] })
    const made = (of: string): string => readFileSync(join(of, 'tables', 'security.csv'), 'utf8')
    expect(made(out)).toBe(made(from))
    expect(readdirSync(to)).toHaveLength(3)
    expect(() => archiveEvaluation(from, to)).toThrow(`--archive ${to}: expected a folder without an evaluation in it, got one`)
    await expect(evaluated('archive', { contenders: ['plain', 'marmol'], n: [6, 7] })).rejects.toThrow(/got an archive; --from makes/)
    writeFileSync(join(to, 'runs.jsonl.gz'), gzipSync('{"format":"other"}\n'))
    expect(() => readEvaluation(to)).toThrow(/runs\.jsonl\.gz, line 1: format: /)
    writeFileSync(join(to, 'runs.jsonl.gz'), 'no gzip')
    expect(() => readEvaluation(to)).toThrow(/runs\.jsonl\.gz: expected compressed runs, got Z_DATA_ERROR$/)
  })

  it('with a run that cannot be read has it made again', { timeout: LONG }, async () => {
    await evaluated('damaged', { contenders: 'plain' })
    const [name = ''] = runFiles('damaged')
    writeFileSync(join(folder, 'damaged', 'runs', name), '{"format":"hushgrid-evaluation-run/1"}')
    expect(() => readEvaluation(join(folder, 'damaged'))).toThrow(/repeat0\.json: point: /)
    const { kept, err } = await evaluated('damaged', { contenders: 'plain' })
    expect([kept.runs.length, err.includes('it runs again')]).toEqual([1, true])
  })

  it('that cannot be written to is said, before and meanwhile', { timeout: LONG }, async () => {
    await expect(evaluated('../../proc/none', { contenders: 'plain' })).rejects.toThrow(
      /^--out .*: expected a folder that can be written to, got /
    )
    // A folder stands where a run is to be written, as a full disk would.
    const name = 'plain_simulated_n6_lanes2_dropout0_delay100_loss0_repeat0.json'
    await evaluated('full', { contenders: 'shi' })
    mkdirSync(join(folder, 'full', 'runs', name, 'in-the-way'), { recursive: true })
    rmSync(join(folder, 'full', 'planned.json'))
    writeFileSync(join(folder, 'full', 'planned.json'), '[]')
    rmSync(join(folder, 'full', 'evaluation.json'))
    await expect(evaluated('full', { contenders: 'shi' })).rejects.toThrow(
      /expected an evaluation or nothing in it, got runs without evaluation\.json/
    )
  })
})

describe('a schedule', () => {
  it('has one live neighbourhood at a time, however many jobs', () => {
    const plan = evaluationPlan({ name: 'test', about: 'A test.', contenders: 'plain', n: 10, drive: 'live' })
    expect(planText(plan, 4)).toBe(planText(plan, 1))
  })

  it('runs simulated orders side by side and live ones alone, and stops at the signal', async () => {
    const order = (drive: 'simulated' | 'live', repeat: number) => ({ point: { drive, repeat } }) as unknown as RunOrder
    const orders = [
      ...[0, 1, 2, 3].map(i => order('simulated', i)),
      ...[4, 5].map(i => order('live', i)),
      ...[6, 7, 8].map(i => order('simulated', i))
    ]
    const running: RunOrder[] = []
    const seen: string[] = []
    const stop = new AbortController()
    const run = async (one: RunOrder): Promise<void> => {
      running.push(one)
      seen.push(running.map(({ point }) => point.repeat).join('+'))
      await new Promise(resolve => setTimeout(resolve, 5))
      running.splice(running.indexOf(one), 1)
      if (one.point.repeat === 6) stop.abort()
    }
    await inOrder(orders, { simulated: 2, live: 1 }, { run, signal: stop.signal })
    expect(seen).toEqual(['0', '0+1', '2', '2+3', '4', '5', '6', '6+7'].map((each, i) => (i === 2 ? expect.stringMatching(/2$/) : each)))
  })
})
