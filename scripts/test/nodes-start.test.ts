// `pnpm nodes:start` as a person runs it: its output, its report, its exit statuses, and that nothing is left behind.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { verifyRun } from '@hushgrid/lab'
import { RecordLog } from '@hushgrid/runtime'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { killRuns, leftOf, noneLeft, ROOT, start, startAs, until } from './support/started-run.ts'

const REAL = fileURLToPath(new URL('../../../shared/data/london-2013-02-halfhour-wh.csv', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hushgrid-test-'))
/** Starts and slots of a run or two, on two busy cores. */
const LONG = 120_000
/** Real length of a slot where every meter is to be in the total, ms: they have a quarter of it to submit. */
const ALL_IN = '2000'

afterEach(killRuns)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface RunJson {
  readonly configuration: { readonly network: { readonly recovery: string }; readonly canFill: Readonly<Record<string, number>> }
  readonly seed: string
  readonly slots: readonly Record<string, unknown>[]
  readonly startup: { readonly firstTotalMs: number }
  readonly memory: { readonly rssBytes: number }
  readonly wire: { readonly bytesPerSubmission: number; readonly bytesPerSlot: number }
  readonly keyAgreements: number
  readonly keys: { readonly registrar: string }
}

const readRun = (report: string): RunJson => JSON.parse(readFileSync(join(report, 'run.json'), 'utf8'))

describe('a run', { timeout: LONG }, () => {
  it('shows its phases and slots, writes its report, and is replayed by pnpm verify', async () => {
    const report = join(folder, 'first')
    const run = start('--n', '8', '--slots', '3', '--slot-ms', ALL_IN, '--seed', 'a seed', '--report', report)
    expect(await run.ended).toEqual({ code: 0, signal: null })
    expect(run.err()).toBe('')
    for (const phase of ['Enrol meters: 8/8', 'Dial the aggregator: 8/8', 'Agree on keys with neighbours: 8/8', 'Roster signed']) {
      expect(run.out()).toContain(phase)
    }
    expect(run.out()).toContain('3 slots, 8 members, degree 8: 3 totals exact, 0 lost')
    expect(run.out().match(/8\/8 .* yes /g)).toHaveLength(3)

    const document = readRun(report)
    expect(document.seed).toBe('a seed')
    expect(document.keyAgreements).toBe(56)
    expect(document.startup.firstTotalMs).toBeGreaterThan(0)
    expect(document.memory.rssBytes).toBeGreaterThan(1e7)
    expect(document.wire.bytesPerSubmission).toBeGreaterThan(100)
    expect(document.wire.bytesPerSlot).toBeGreaterThan(8 * document.wire.bytesPerSubmission)
    expect(document.slots).toHaveLength(3)
    // A third of eight homes are too few for a total of what they feed in.
    const feeding = document.configuration.canFill['1-0:2.29.0']
    expect([2, 3]).toContain(feeding)
    for (const slot of document.slots) {
      expect(slot).toMatchObject({ epoch: 0, members: 8, submitted: 8, missing: 0, recovered: 0, lost: false, exact: true, verifiedBy: 8 })
      const { '1-0:1.29.0': drawn } = slot.expected as Record<string, string>
      expect(slot.total).toEqual({ '1-0:1.29.0': drawn })
      expect(slot.withheld).toEqual({ '1-0:2.29.0': { able: feeding, of: 8, needed: 6 } })
      expect(slot.latencyMs).toBeLessThan(0)
    }
    expect(run.out().split(`withheld: ${feeding} of 8 can feed in, 6 are needed`)).toHaveLength(2)
    expect(readFileSync(join(report, 'slots.csv'), 'utf8').trim().split('\n')).toHaveLength(4)
    const events = readFileSync(join(report, 'events.jsonl'), 'utf8').trim().split('\n')
    expect(events.map(line => JSON.parse(line).type)).toEqual(['note', 'roster', 'started', 'slot', 'slot', 'slot', 'summary'])

    const verify = (...args: string[]): string =>
      execFileSync(process.execPath, ['scripts/src/verify.ts', report, ...args], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' })
    expect(verify()).toContain('the replay leads to the same 3 totals as the report')
    expect(verify('--registrar', document.keys.registrar)).toContain('3 totals replayed from 24 submissions')
    expect(verify()).toContain(`3 totals with a lane withheld: ${feeding} of 8 can feed in, 6 are needed`)
    expect(() => verify('--registrar', '11'.repeat(32))).toThrow(/Command failed/)
    const changed = readFileSync(join(report, 'run.json'), 'utf8').replace(/"1-0:1.29.0": "(\d+)"/, '"1-0:1.29.0": "1$1"')
    writeFileSync(join(report, 'run.json'), changed)
    expect(() => verify()).toThrow(/Command failed/)
  })

  it('has a total of what homes feed in, once enough of them can', async () => {
    const report = join(folder, 'feeding')
    const run = start('--n', '20', '--slots', '2', '--slot-ms', '4000', '--seed', 'twenty', '--report', report)
    expect((await run.ended).code).toBe(0)
    const { configuration, slots } = readRun(report)
    expect(configuration.canFill['1-0:2.29.0']).toBeGreaterThanOrEqual(6)
    for (const { total, expected, withheld, exact } of slots) expect([total, withheld, exact]).toEqual([expected, {}, true])
    expect(run.out()).not.toContain('withheld')
  })

  it('gives events as JSON lines with --json, and the same readings from the same seed', async () => {
    const totals: unknown[][] = []
    for (const name of ['json-0', 'json-1']) {
      const run = start('--n', '7', '--slots', '2', '--slot-ms', ALL_IN, '--seed', 'same', '--json', '--report', join(folder, name))
      expect((await run.ended).code).toBe(0)
      const events = run
        .out()
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as { type: string; row?: { total: unknown } })
      totals.push(events.flatMap(event => (event.row ? [event.row.total] : [])))
    }
    expect(totals[0]).toHaveLength(2)
    expect(totals[0]).toEqual(totals[1])
  })

  it('shares the work among processes and leaves none behind', async () => {
    const run = start('--n', '12', '--slots', '2', '--slot-ms', '1500', '--processes', '3', '--report', join(folder, 'processes'))
    expect((await run.ended).code).toBe(0)
    expect(readRun(join(folder, 'processes')).slots).toMatchObject([{ exact: true }, { exact: true }])
    await noneLeft(run)
  })

  it.skipIf(!existsSync(REAL))(
    `sums real readings exactly (needs ../shared/data${existsSync(REAL) ? '' : ', which is not here: skipped'})`,
    async () => {
      const report = join(folder, 'real')
      const run = start('--n', '9', '--slots', '2', '--slot-ms', ALL_IN, '--data', REAL, '--report', report)
      expect((await run.ended).code).toBe(0)
      const [, ...lines] = readFileSync(REAL, 'utf8').split('\n')
      const sums = lines.slice(0, 2).map(line =>
        line
          .split(',')
          .slice(1, 10)
          .reduce((sum, value) => sum + Number(value), 0)
      )
      expect(readRun(report).slots).toMatchObject(
        sums.map(sum => ({
          exact: true,
          total: { '1-0:1.29.0': String(sum) },
          // A lane that nobody measured is none of the network's, and so none that is withheld.
          withheld: {}
        }))
      )
      expect(run.out()).toContain('2013-02-04 00:00')
    }
  )

  it('recovers a slot in which a household has a gap, says so, and does not count it as zero', async () => {
    const data = join(folder, 'gap.csv')
    const rows = [
      'slot_start_utc,a,b,c,d,e,f,g',
      '2024-03-04T00:00Z,1,2,3,4,5,6,0',
      '2024-03-04T00:15Z,1,2,,4,5,6,0',
      '2024-03-04T00:30Z,6,5,4,3,2,1,0'
    ]
    writeFileSync(data, `${rows.join('\n')}\n`)
    const run = start('--n', '7', '--slots', '3', '--slot-ms', ALL_IN, '--data', data, '--report', join(folder, 'gap'))
    expect((await run.ended).code).toBe(0)
    const [first, second, third] = readRun(join(folder, 'gap')).slots
    expect(first).toMatchObject({ exact: true, total: { '1-0:1.29.0': '21' } })
    expect(second).toMatchObject({
      exact: true,
      total: { '1-0:1.29.0': '18' },
      submitted: 6,
      missing: 1,
      missingMeters: [2],
      recovered: 1,
      releases: 6
    })
    expect(third).toMatchObject({ exact: true, total: { '1-0:1.29.0': '21' } })
    expect(run.out()).toContain('1 missing, recovered by 6 releases')
  })
})

describe('--recovery', { timeout: LONG }, () => {
  const data = join(folder, 'modes.csv')
  writeFileSync(data, 'slot_start_utc,a,b,c,d,e,f,g\n2024-03-04T00:00Z,1,2,3,4,5,6,0\n2024-03-04T00:15Z,1,2,,4,5,6,0\n')
  const run = async (mode: string): Promise<RunJson> => {
    const report = join(folder, `mode-${mode}`)
    const run = start('--slots', '2', '--slot-ms', ALL_IN, '--data', data, '--n', '7', '--recovery', mode, '--report', report)
    expect((await run.ended).code, run.err()).toBe(0)
    return readRun(report)
  }

  it('none: a slot in which a reading is missing is lost', async () => {
    const { configuration, slots } = await run('none')
    expect(configuration.network.recovery).toBe('none')
    expect(slots).toMatchObject([
      { exact: true, total: { '1-0:1.29.0': '21' } },
      { lost: true, missing: 1 }
    ])
  })

  it('double-mask: it is recovered, and pnpm verify replays it', async () => {
    const { configuration, slots } = await run('double-mask')
    expect(configuration.network.recovery).toBe('double-mask')
    expect(slots).toMatchObject([
      { exact: true, total: { '1-0:1.29.0': '21' } },
      { exact: true, total: { '1-0:1.29.0': '18' }, missing: 1, recovered: 1 }
    ])
    const report = join(folder, 'mode-double-mask')
    const replayed = execFileSync(process.execPath, ['scripts/src/verify.ts', report], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' })
    expect(replayed).toContain('the replay leads to the same 2 totals as the report')
  })
})

/** Gives what is wrong with a run of other messages: each intact for the log, whatever they say. */
async function problemsOf(report: string, change: (messages: Uint8Array[]) => Uint8Array[]): Promise<readonly string[]> {
  const path = join(report, 'messages.log')
  const kept = readFileSync(path)
  const { log, records } = RecordLog.open(path, false)
  log.replace(change(records))
  log.close()
  const { problems } = await verifyRun(report)
  writeFileSync(path, kept)
  return problems
}

/** Flips a bit in the middle of a message. */
function flipped(messages: readonly Uint8Array[], number: number): Uint8Array[] {
  return messages.map((bytes, i) =>
    i === number ? bytes.with(bytes.byteLength >> 1, (bytes[bytes.byteLength >> 1] as number) ^ 1) : bytes
  )
}

describe('--mode pes', { timeout: LONG }, () => {
  it.each(['reencrypt', 'direct'])('%s: the same readings lead to the same totals as with the DC-net', async variant => {
    const report = join(folder, `pes-${variant}`)
    const common = ['--n', '7', '--slots', '3', '--slot-ms', ALL_IN, '--seed', 'pes'] as const
    const other = join(folder, `pes-${variant}-dcnet`)
    const run = start(...common, '--mode', 'pes', '--variant', variant, '--report', report)
    expect(await run.ended).toEqual({ code: 0, signal: null })
    // One after the other, so that neither makes the other late.
    expect(await start(...common, '--report', other).ended).toEqual({ code: 0, signal: null })
    expect(run.err()).toBe('')
    expect(run.out()).toContain('3 slots, 7 members: 3 totals exact, 0 lost')
    const [pes, dcnet] = [readRun(report), readRun(other)]
    const drawn = ({ total }: Record<string, unknown>): unknown => (total as Record<string, string> | null)?.['1-0:1.29.0']
    expect(pes.slots.map(slot => [drawn(slot), slot.exact, slot.submitted])).toEqual(dcnet.slots.map(slot => [drawn(slot), true, 7]))
    // Seven homes are too few for a total of what a third of them feed in, which only the DC-net minds.
    for (const { total, expected } of pes.slots) expect(total).toEqual(expected)
    for (const { total } of dcnet.slots) expect(Object.keys(total as object)).toEqual(['1-0:1.29.0'])
    expect(pes).toMatchObject({ configuration: { mode: 'pes', pes: { variant, bits: 2048 } }, keyAgreements: 0 })
    const dealer = variant === 'direct' ? ['dealer'] : []
    expect(Object.keys(pes.keys).sort()).toEqual(['concentrator', ...dealer, 'pes', 'supplier'])
    expect(run.out()).toContain('replay it: pnpm verify')
    const { lines, problems } = await verifyRun(report)
    expect(problems).toEqual([])
    expect(lines).toContainEqual(
      expect.stringMatching(/^21 readings of 7 meters, \d aggregates: signatures, members and contributors hold$/)
    )
    expect(lines).toContainEqual(expect.stringMatching(/^not checked: whether an aggregate is the sum of its readings/))
    await expect(verifyRun(report, '11'.repeat(32))).rejects.toThrow('--registrar: expected with a run of the DC-net')
    expect(await problemsOf(report, messages => messages.slice(0, 2))).not.toEqual([])
    for (let bit = 0; bit < 4; bit++) expect(await problemsOf(report, messages => flipped(messages, bit))).not.toEqual([])
    await noneLeft(run)
  })

  it('meters that crash, leave and join are not in the sum, or are', async () => {
    const scenario = join(folder, 'pes.yaml')
    writeFileSync(
      scenario,
      `name: pes
about: Comes and goes.
seed: 1
members: 8
slots: 6
operations:
  - { at: 1, do: crash, meter: 3, for: 2 }
  - { at: 1.4, do: leave, meter: 5 }
  - { at: 2.4, do: join }
`
    )
    const report = join(folder, 'pes-churn')
    const run = start('--n', '8', '--mode', 'pes', '--slot-ms', ALL_IN, '--churn', scenario, '--report', report)
    expect((await run.ended).code).toBe(0)
    const { slots } = readRun(report)
    expect(slots.every(({ exact }) => exact)).toBe(true)
    expect(slots[1]).toMatchObject({ members: 8, submitted: 7, missingMeters: [3] })
    expect(slots.at(-1)).toMatchObject({ members: 8, submitted: 8, missing: 0 })
    expect(run.out()).toMatch(/6 slots, 1 join, 1 leave, 1 crash: 6 totals exact, 0 lost/)
  })
})

describe('the page', { timeout: LONG }, () => {
  it('is told of on a line of its own, is there while the run goes on, and leaves the report as it is', async () => {
    const reports = ['page', 'no-page'].map(name => join(folder, name))
    const common = ['--n', '8', '--slots', '3', '--slot-ms', ALL_IN, '--seed', 'page'] as const
    const run = startAs('--web-port', '0', ...common, '--report', String(reports[0]))
    await until(run, out => out.includes('Ready after'))
    const [, url] = /^page: (http:\/\/127\.0\.0\.1:\d+\/) \(this machine only; it shows single readings\)$/m.exec(run.out()) ?? []
    const page = await fetch(String(url))
    expect([page.status, page.headers.get('content-type')?.split(';')[0]]).toEqual([200, 'text/html'])
    expect(await run.ended).toEqual({ code: 0, signal: null })
    expect(run.err()).toBe('')
    await expect(fetch(String(url))).rejects.toThrow()
    await noneLeft(run)

    const without = start(...common, '--report', String(reports[1]))
    expect(await without.ended).toEqual({ code: 0, signal: null })
    expect(without.out()).not.toContain('page:')
    const [one, other] = reports.map(report => readRun(report).slots.map(({ slot, total, expected }) => ({ slot, total, expected })))
    // Households that may join take no part in anybody's readings.
    expect(one).toEqual(other)
    const types = reports.map(report =>
      readFileSync(join(report, 'events.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).type)
    )
    expect(types[0]).toEqual(types[1])
  })

  it('takes another port where its own is taken, and only where nobody has named one', async () => {
    const server = createServer()
    const port = await new Promise<number>(resolve => {
      server.once('error', () => resolve(0))
      server.listen(7480, '127.0.0.1', () => resolve(7480))
    })
    const run = startAs('--n', '6', '--slots', '1', '--slot-ms', '800', '--report', join(folder, 'other-port'))
    await until(run, out => /page: .*\n/.test(out))
    expect(run.out()).not.toContain('127.0.0.1:7480')
    expect((await run.ended).code).toBe(0)
    const named = startAs('--n', '6', '--web-port', '7480', '--report', join(folder, 'named-port'))
    expect((await named.ended).code).toBe(2)
    expect(named.err()).toMatch(/^127\.0\.0\.1:7480: expected to listen there, could not: the port is taken$/m)
    if (port > 0) server.close()
  })
})

describe('Ctrl-C', { timeout: LONG }, () => {
  it('ends every node within two seconds, with status 0 and a report', async () => {
    const report = join(folder, 'interrupted')
    const run = start('--n', '10', '--slot-ms', '1500', '--processes', '2', '--report', report)
    await until(run, out => /10\/10 .* yes /.test(out))
    expect(leftOf(run).length).toBeGreaterThan(1)
    const begin = performance.now()
    run.child.kill('SIGINT')
    expect(await run.ended).toEqual({ code: 0, signal: null })
    await noneLeft(run)
    expect(performance.now() - begin).toBeLessThan(2000)
    expect(readRun(report).slots.length).toBeGreaterThan(0)
  })

  it('ends a start that is under way', async () => {
    const run = start('--n', '40', '--report', join(folder, 'early'))
    await until(run, out => out.includes('Start registrar and aggregator'))
    run.child.kill('SIGINT')
    expect(await run.ended).toEqual({ code: 0, signal: null })
  })

  it('a second time ends at once', async () => {
    const run = start('--n', '10', '--report', join(folder, 'twice'))
    await until(run, out => out.includes('Ready after'))
    run.child.kill('SIGINT')
    // Two that come before the first is taken are one, and the last may meet a process that does not listen any more.
    const again = setInterval(() => run.child.kill('SIGINT'), 20)
    const begin = performance.now()
    const { code, signal } = await run.ended
    clearInterval(again)
    expect(performance.now() - begin).toBeLessThan(1500)
    expect([0, 130]).toContain(signal === 'SIGINT' ? 130 : code)
  })
})

describe('what a person gets wrong', { timeout: LONG }, () => {
  // Edge release finds a degree for it, double mask none.
  const WIDE = join(folder, 'wide.yaml')
  writeFileSync(WIDE, 'name: wide\nmembers: 1000\ndropout: 0.2\n')
  const wrong: readonly (readonly [string, string[], RegExp])[] = [
    ['an unknown option', ['--bogus'], /unknown option '--bogus'/],
    ['a number that is none', ['--n', 'many'], /--n: expected a whole number from 3 to 10000, got "many"/],
    ['too few members', ['--n', '4'], /--n 4: expected at least the network's minMembers, 6/],
    ['an odd degree', ['--degree', '7'], /--degree: expected auto, complete or an even number from 2 to 50/],
    ['a degree beyond complete', ['--n', '20', '--degree', '40'], /even number from 2 to 20/],
    ['a recovery mode that is none', ['--recovery', 'all'], /^--recovery: expected one of none, edge-release, double-mask, got 'all'$/m],
    [
      'more neighbours than double mask can number',
      ['--n', '300', '--degree', 'complete', '--recovery', 'double-mask'],
      /degree 'complete': expected at most 254 mask neighbours with double mask, got 299 \(300 members\)/
    ],
    [
      'a network for which auto finds no degree in the mode that is asked for',
      ['--network', WIDE, '--recovery', 'double-mask'],
      /^degree 'auto': expected one up to 254 that meets .* 20 % missing and recovery 'double-mask', got none/m
    ],
    ['a port for no page', ['--web-port', '7480'], /^--web-port: expected without --no-web$/m],
    ['a port that is none', ['--web-port', '65536'], /^--web-port: expected a whole number from 0 to 65535, got "65536"$/m],
    ['a mode that is none', ['--mode', 'zkp'], /^--mode: expected one of dcnet, pes, got 'zkp'$/m],
    ['a key that is too short', ['--mode', 'pes', '--bits', '1024'], /^--bits: expected one of 2048, 3072, 4096, got '1024'$/m],
    ['masks without the DC-net', ['--mode', 'pes', '--degree', '4'], /^--degree: expected without --mode pes, which has no masks$/m],
    ['the PES’s options without it', ['--variant', 'direct'], /^--variant: expected with --mode pes only$/m],
    ['data that is not there', ['--data', 'no-such-file.csv'], /no-such-file\.csv: no such file or folder/],
    ['data of no known layout', ['--data', 'package.json'], /package\.json, line 1: expected a table with a column of stamps/],
    ['a network file that is not there', ['--network', 'nowhere.yaml'], /nowhere\.yaml: expected a network file, got no such file/],
    ['a network file that is wrong', ['--network', 'pnpm-workspace.yaml'], /pnpm-workspace\.yaml:\d+:\d+: /]
  ]
  it.each(wrong)('%s: one sentence, status 2', async (_, args, sentence) => {
    const run = start(...args)
    expect((await run.ended).code).toBe(2)
    expect(run.err()).toMatch(sentence)
    expect(run.err().trim().split('\n')).toHaveLength(1)
    expect(run.out()).toMatch(/^(?:Loading the nodes …\n)?$/)
  })

  it('a port in use: one sentence, status 2, nothing left running', async () => {
    const server = createServer()
    const port = await new Promise<number>(resolve => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
    })
    const run = start('--n', '8', '--port', String(port), '--report', join(folder, 'port'))
    const { code } = await run.ended
    server.close()
    expect(code).toBe(2)
    expect(run.err()).toMatch(new RegExp(`${port}.*in use`))
    await noneLeft(run)
  })

  it('a report folder that holds a run: one sentence, status 2', async () => {
    const report = join(folder, 'again')
    expect((await start('--n', '6', '--slots', '1', '--slot-ms', '800', '--report', report).ended).code).toBe(0)
    const run = start('--n', '6', '--slots', '1', '--report', report)
    expect((await run.ended).code).toBe(2)
    expect(run.err()).toMatch(/expected a new or empty folder, got one that holds a run/)
  })

  it('--help shows options and examples', async () => {
    const run = start('--help')
    expect((await run.ended).code).toBe(0)
    for (const text of ['--slot-ms', '--processes', '--recovery <none|edge-release|double-mask>', 'Examples:', 'pnpm nodes:start --n 50'])
      expect(run.out()).toContain(text)
  })

  it('the plain ring comes with a warning and the figures', async () => {
    const run = start('--n', '8', '--degree', '2', '--slots', '1', '--slot-ms', '800', '--report', join(folder, 'ring'))
    expect((await run.ended).code).toBe(0)
    expect(run.out()).toMatch(/warning: degree 2 is for teaching\. With degree 2 and 1 of 8 meters colluding,\nexpect .* meters/)
  })
})
