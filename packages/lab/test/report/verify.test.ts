// `pnpm verify` on a small run in virtual time with a join, a recovery and a loss: whatever is changed in its report is
// noticed, and a change in all files at once is unless the schema says that nobody can check the figure.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fieldsOf, HushgridError, obisCode } from '@hushgrid/primitives'
import { RecordLog } from '@hushgrid/runtime'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ChurnReport } from '../../src/churn/churn-report.ts'
import { loadScenario } from '../../src/churn/load-scenario.ts'
import { contenderFor } from '../../src/contender/contenders.ts'
import { parquetTable } from '../../src/report/parquet.ts'
import { readRun } from '../../src/report/run-file.ts'
import { runEvent } from '../../src/report/schema/events.ts'
import { slotMedians } from '../../src/report/schema/latency.ts'
import { parseRun } from '../../src/report/schema/run.ts'
import { COLUMNS, columnsOf, csvLine, type RunSlot, runSlot, slotLine, slotsHeader } from '../../src/report/schema/slots.ts'
import { eventProblems } from '../../src/report/verify/events.ts'
import { contradictoryFigures } from '../../src/report/verify/figures.ts'
import type { RosterFacts } from '../../src/report/verify/replayed.ts'
import { tableProblems } from '../../src/report/verify/tables.ts'
import { verifyRun } from '../../src/report/verify/verify-run.ts'
import { loadVerdict } from '../../src/run/busy-machine.ts'

const SCENARIO = `name: small
about: One comes, one is away for a slot, three are lost.
seed: small
members: 8
slots: 5
operations:
  - { at: 0.5, do: join }
  - { at: 1, do: crash, meter: 3, for: 1 }
  - { at: 3, do: partition, meters: [0, 1, 4, 5], for: 1 }
  - { at: 4, do: attack, by: aggregator, what: ask-twice, meter: 2 }
`
const root = mkdtempSync(join(tmpdir(), 'hushgrid-verify-'))
const whole = join(root, 'whole')
const changed = join(root, 'changed')
/** Sentence of the schema on a slot that does not fit it. */
const REFUSED = /run\.json: expected a report of this version, got another \(slots\.\d\./
type Json = Record<string, unknown>
type Slots = (Json & RunSlot)[]
let rosters: readonly RosterFacts[]
let run: Json & { slots: Slots; summary: Json; churn: Json }

beforeAll(() => {
  writeFileSync(join(root, 'small.yaml'), SCENARIO)
  const { scenario, network, operations, file } = loadScenario(join(root, 'small.yaml'))
  const report = new ChurnReport(whole)
  const { simulated, facts, replay } = contenderFor({ mode: 'dcnet', recovery: network.recovery })
  const result = simulated?.({
    ...{ network, seed: scenario.seed, operations, slots: scenario.slots },
    onSlot: slot => report.slot(slot),
    prepare: neighbourhood => report.follow(neighbourhood)
  })
  if (!result) throw new Error('expected a run in virtual time')
  report.write({ contender: facts, scenario, network, degree: 8, file, result, expectations: [], started: new Date(), realMs: 1 })
  rosters = replay?.(whole, readRun(whole), undefined).rosters ?? []
})
beforeEach(() => {
  rmSync(changed, { recursive: true, force: true })
  cpSync(whole, changed, { recursive: true })
  run = JSON.parse(textOf('run.json'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const textOf = (name: string): string => readFileSync(join(changed, name), 'utf8')
const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(changed, name), content)
const writeRun = (): void => write('run.json', JSON.stringify(run))
const problems = async (): Promise<readonly string[]> => (await verifyRun(changed)).problems
/** Problems of the tables alone, and of the events: without the replay, which takes time and does not change. */
const ofTables = async (): Promise<readonly string[]> => await tableProblems(changed, readRun(changed))
const ofEvents = (): readonly string[] => eventProblems(changed, readRun(changed), rosters)
const columns = (): ReturnType<typeof columnsOf> => columnsOf((run.slots[0] ? Object.keys(run.slots[0].expected) : []).map(obisCode))

const cellsOf = (line: string): readonly string[] => fieldsOf(line, ',') ?? []

/** Another value of the same shape. */
function other(value: unknown): unknown {
  if (typeof value === 'boolean') return !value
  if (typeof value === 'number') return value + 1
  if (value === null || value === undefined) return 1
  if (typeof value !== 'string') return Array.isArray(value) ? [...value, 6] : { ...value, '1-0:9.9.9': '1' }
  if (/^-?\d+$/.test(value)) return String(BigInt(value) + 1n)
  return value.endsWith('Z') ? new Date(Date.parse(value) + 60_000).toISOString() : `${value}x`
}

/** Writes everything that follows from the slots, as whoever forges a report would. */
function forge(): void {
  const { slots, summary } = run
  Object.assign(summary, {
    ...slotMedians(slots),
    exact: slots.filter(({ exact }) => exact).length,
    lost: slots.filter(({ lost }) => lost).length
  })
  Object.assign(run.churn.summary as Json, {
    exact: summary.exact,
    lost: summary.lost,
    wrong: slots.filter(({ lost, exact }) => !lost && !exact).length,
    recovered: slots.filter(({ recovered }) => recovered > 0).length
  })
  writeRun()
  write('slots.csv', `${[slotsHeader(columns()), ...slots.map(slot => slotLine(columns(), slot))].join('\n')}\n`)
  write(
    'slots.parquet',
    parquetTable(
      columns(),
      slots.map(slot => columns().map(({ of }) => of(slot)))
    )
  )
  const rows = [...slots]
  const lines = textOf('events.jsonl').trim().split('\n')
  const again = lines.map(line => {
    const event = JSON.parse(line)
    return JSON.stringify(event.type === 'slot' ? { ...event, row: rows.shift() } : event)
  })
  write('events.jsonl', `${again.join('\n')}\n`)
}

it('a run as it was written holds, and the verdict says what it could not check', async () => {
  expect(run.slots.map(({ lost, recovered, members }) => [lost, recovered, members])).toEqual([
    [false, 0, 8],
    [false, 1, 8],
    [false, 1, 9],
    [true, 0, 9],
    [false, 0, 9]
  ])
  expect(parseRun(run, 'run.json')).toMatchObject({ kind: 'virtual', contender: 'dcnet', signatures: 'ed25519' })
  const { lines, problems: none } = await verifyRun(changed)
  expect(none).toEqual([])
  expect(lines.join('\n')).toContain('the replay leads to the same 4 totals as the report')
  expect(lines.filter(line => line.startsWith('not checked'))).toEqual([
    expect.stringContaining('of lost slots: who submitted'),
    expect.stringContaining('refused, disputed, latencyMs, sinceEndMs, protocolMs, lagMs, cpuMs, bytes, verifiedBy'),
    expect.stringMatching(/^not checked, of run.json: .*, started, seed, versions, commit, changed, machine, dropped, virtual, /),
    expect.stringMatching(/^not checked, of membership.csv: slot, messages, bytes, key agreements own, .* touched$/),
    expect.stringMatching(/^not checked, of events.jsonl.*: join, leave, crash, .*partition, .*attack, evidence, /)
  ])
  forge()
  expect(await problems()).toEqual([])
})

it.each(Object.keys(runSlot.shape))('notices %s of a slot of run.json alone', async field => {
  const slot = run.slots[3] as Json
  slot[field] = other(slot[field])
  writeRun()
  if (runSlot.safeParse(slot).success) expect(await problems()).not.toEqual([])
  else await expect(problems()).rejects.toThrow(REFUSED)
})

describe('a change in all files at once', () => {
  /** Fields that nobody can check, of a total and of a lost slot. */
  const FREE = new Set(['refused', 'disputed', 'verifiedBy'])
  const FREE_WHERE_LOST = new Set([...FREE, 'submitted', 'releases', 'expected'])

  it.each(Object.keys(runSlot.shape))('of %s is noticed, unless it is said that it cannot be', async field => {
    for (const [index, free] of [[1, FREE] as const, [3, FREE_WHERE_LOST] as const]) {
      run = JSON.parse(readFileSync(join(whole, 'run.json'), 'utf8'))
      const slot = run.slots[index] as Json
      const value = slot[field]
      // Meters that are listed, and lanes that the network has: otherwise the schema alone would say so.
      slot[field] =
        field === 'expected' ? Object.fromEntries(Object.entries(value as Json).map(([lane, sum]) => [lane, other(sum)])) : other(value)
      if (field === 'reason') slot[field] = 'Refused'
      if (field === 'refused') slot[field] = [{ by: 2, reason: 'late' }]
      // What follows from it by sums is forged with it.
      if (field === 'protocolMs' && value !== null) slot.units = Number(slot[field]) / 56_250
      if (runSlot.safeParse(slot).success) {
        forge()
        expect([field, (await problems()).length > 0]).toEqual([field, !free.has(field)])
      } else {
        // The schema refuses it before anything is compared.
        writeRun()
        await expect(problems()).rejects.toThrow(REFUSED)
      }
    }
  })

  it('is said to be possible of just these columns', () => {
    const lab = COLUMNS.filter(({ ground }) => ground === 'lab').map(({ name }) => name)
    expect(lab).toEqual(['refused', 'disputed', 'latencyMs', 'sinceEndMs', 'protocolMs', 'lagMs', 'cpuMs', 'bytes', 'verifiedBy'])
  })
})

it('notices each cell of slots.csv, and a row or column more or less', async () => {
  const lines = textOf('slots.csv').trimEnd().split('\n')
  const cells = cellsOf(lines[2] ?? '')
  expect(cells).toHaveLength(columns().length)
  for (const [i, { name }] of columns().entries()) {
    const row = csvLine(cells.map((cell, at) => (at === i ? `${cell}1` : cell)))
    write('slots.csv', `${lines.with(2, row).join('\n')}\n`)
    expect(await ofTables()).toEqual([expect.stringMatching(`^slots.csv:3: ${name.replaceAll('.', '\\.')} is `)])
  }
  for (const other of [lines.slice(0, -1), [...lines, lines[2]], lines.with(0, `${lines[0]},more`)]) {
    write('slots.csv', `${other.join('\n')}\n`)
    expect(await ofTables()).not.toEqual([])
  }
})

it.each([
  ['one\rtwo', '"one\rtwo"'],
  ['one\ntwo', '"one\ntwo"'],
  ['"one", two', '"""one"", two"']
])('quotes a reason that would be cut into cells or lines: %j', async (reason, cell) => {
  Object.assign(run.slots[3] as Json, { reason })
  forge()
  expect(await ofTables()).toEqual([])
  expect(textOf('slots.csv')).toContain(`,${cell},`)
})

it.each(['run.json', 'slots.csv', 'slots.parquet', 'events.jsonl', 'membership.csv', 'rosters.log', 'transcripts.log'])(
  'says in one sentence that %s is missing, empty or a folder',
  async name => {
    for (const put of [() => {}, () => write(name, ''), () => mkdirSync(join(changed, name))]) {
      rmSync(join(changed, name), { recursive: true })
      put()
      const said = await problems().catch(cause => {
        expect(cause).toBeInstanceOf(HushgridError)
        return [String(cause)]
      })
      expect(said).toContainEqual(expect.stringMatching(`${name}: expected |${name} has|expected epoch undefined|run.json says lost`))
      expect(said.join('\n')).not.toMatch(/-1/)
      if (!existsSync(join(changed, name))) write(name, '')
    }
  }
)

it('takes tables whose lines end as another system ends them', async () => {
  for (const name of ['slots.csv', 'membership.csv']) write(name, textOf(name).replaceAll('\n', '\r\n'))
  expect(await ofTables()).toEqual([])
})

it('names the option or the field that holds no key', async () => {
  await expect(verifyRun(changed, 'abc')).rejects.toThrow(
    '--registrar: expected a key of 64 lower-case hexadecimal digits, got 3 characters'
  )
  ;(run.keys as Json).registrar = 'zz'
  writeRun()
  await expect(verifyRun(changed)).rejects.toThrow('run.json: keys.registrar: expected a key of 64')
})

it('notices each value of slots.parquet, and a file that is none', async () => {
  const rows = run.slots.map(slot => columns().map(({ of }) => of(slot)))
  for (const [i, { name, type }] of columns().entries()) {
    const value = rows[1]?.[i] ?? null
    const forged =
      value === null
        ? { text: 'x', time: new Date().toISOString(), boolean: true, count: 1, energy: 1n, number: 1 }[type]
        : other(typeof value === 'bigint' ? String(value) : value)
    const forgedRows = rows.map((row, at) => (at === 1 ? row.with(i, forged as string) : row))
    write('slots.parquet', parquetTable(columns(), forgedRows))
    expect(await ofTables()).toEqual([expect.stringContaining(`slots.parquet: slot ${run.slots[1]?.slot} has ${name} `)])
  }
  const honest = new Uint8Array(parquetTable(columns(), rows))
  write('slots.parquet', honest)
  expect(await ofTables()).toEqual([])
  // The footer's last bytes name the writer: nothing that a row shows.
  const at = Buffer.from(honest).lastIndexOf('hushgrid')
  write('slots.parquet', honest.with(at, 'H'.charCodeAt(0)))
  expect(await ofTables()).toEqual(['slots.parquet: expected the bytes that run.json makes, got others'])
  write('slots.parquet', 'PAR1')
  expect(await ofTables()).toEqual([expect.stringContaining('slots.parquet: expected the table of slots.csv, got one that cannot be read')])
  rmSync(join(changed, 'slots.parquet'))
  expect(await ofTables()).toEqual(['slots.parquet: expected the table of slots.csv, got no such file'])
})

it('notices each field of an event, and an event more or less', () => {
  const lines = textOf('events.jsonl').trimEnd().split('\n')
  const types = lines.map(line => JSON.parse(line).type)
  expect([...new Set(types)].sort()).toEqual([
    'attack',
    'change',
    'crash',
    'evidence',
    'fault',
    'heal',
    'join',
    'partition',
    'restart',
    'roster',
    'slot',
    'summary'
  ])
  for (const type of ['roster', 'change', 'fault', 'slot', 'summary']) {
    const at = types.indexOf(type)
    const event = JSON.parse(lines[at] ?? '')
    for (const field of Object.keys(event)) {
      // A moment within the same slot, and the words of a summary, say nothing that could be wrong.
      if (field === 'protocolTime' || (type === 'summary' && ['report', 'mode'].includes(field))) continue
      const forged = field === 'row' ? { ...event.row, verifiedBy: 0 } : other(event[field])
      write('events.jsonl', `${lines.with(at, JSON.stringify({ ...event, [field]: forged })).join('\n')}\n`)
      expect([type, field, ofEvents().length > 0]).toEqual([type, field, true])
    }
    write('events.jsonl', `${lines.toSpliced(at, 1).join('\n')}\n`)
    expect([type, ofEvents().length > 0]).toEqual([type, true])
    write('events.jsonl', `${lines.toSpliced(at, 0, lines[at] ?? '').join('\n')}\n`)
    expect([type, ofEvents().length > 0]).toEqual([type, true])
  }
  const crash = types.indexOf('crash')
  write('events.jsonl', `${lines.toSpliced(crash, 1).join('\n')}\n`)
  expect(ofEvents()).toEqual([expect.stringMatching(/expected 1 crashes of meter 3, got 0$/)])
  const later = { ...JSON.parse(lines[crash] ?? ''), protocolTime: '2026-01-01T00:00:00.000Z' }
  write('events.jsonl', `${lines.with(crash, JSON.stringify(later)).join('\n')}\n`)
  expect(ofEvents()).toContainEqual(expect.stringMatching(/expected a moment not before that of the line above$/))
  expect(runEvent.safeParse(later).success).toBe(true)
})

it('notices a verdict on the machine that its slots and cores do not bear out', () => {
  const slots = parseRun(run, 'run.json').slots.map(slot => ({ ...slot, slotMs: 1000, lagMs: 300 }))
  const load = loadVerdict({ average: { start: 1, end: 2 }, cores: { all: 2, own: 1, others: 0.1 } }, slots)
  const ofLoad = (changed: Json | null, kind = 'live') =>
    contradictoryFigures({ ...parseRun({ ...run, kind, load: changed && { ...load, ...changed } }, 'run.json'), slots }).filter(
      problem => problem.startsWith('run.json: load ') || problem.endsWith('load of the machine')
    )
  expect(load).toMatchObject({ verdict: 'busy machine', reason: 'late in 5 of 5 slots' })
  expect(ofLoad({})).toEqual([])
  for (const changed of [{ verdict: 'quiet machine' }, { reason: '' }, { lagMs: { median: 1, worst: 300 } }])
    expect(ofLoad(changed)).toEqual([expect.stringContaining(`load has ${Object.keys(changed)[0]} `)])
  expect(ofLoad({ cores: { all: 2, own: 1, others: 0.9 } })).toEqual([expect.stringContaining('other programs used 0.9 of 2 cores')])
  expect(ofLoad(null)).toEqual(['run.json: expected the load of the machine'])
  expect(ofLoad({}, 'virtual')).toEqual(['run.json: expected no load of the machine'])
})

it('notices each figure of the summaries, and each cell of membership.csv', async () => {
  for (const summary of [run.summary, run.churn.summary as Json])
    for (const field of Object.keys(summary)) {
      const before = summary[field]
      summary[field] = other(before)
      writeRun()
      expect([field, (await problems()).length > 0]).toEqual([field, true])
      summary[field] = before
    }
  writeRun()
  const lines = textOf('membership.csv').trimEnd().split('\n')
  const cells = cellsOf(lines[1] ?? '')
  for (const i of cells.keys()) {
    write('membership.csv', `${lines.with(1, csvLine(cells.with(i, `${cells[i]}1`))).join('\n')}\n`)
    expect(await ofTables()).toEqual([expect.stringMatching(/^membership.csv:2: /)])
  }
})

/** Claims on keys and configuration, by their path in run.json; a home that can fill a lane is told by a live run alone. */
const CLAIMED = [
  'keys.aggregator',
  'contender',
  ...['mode', 'members', 'degree', 'canFill.1-0:2.29.0', 'churn.scenario.expect.lost'].map(field => `configuration.${field}`),
  ...['members', 'recovery', 'minMembers', 'lanes.0.obis', 'lanes.1.support', 'lanes.0.maxReading'].map(
    field => `configuration.network.${field}`
  ),
  'virtual.expectations.failed'
]
const FORGED: Json = {
  contender: 'dcnet-double',
  'keys.aggregator': 'ab'.repeat(32),
  'configuration.network.recovery': 'double-mask',
  'configuration.network.lanes.0.obis': '1-0:3.29.0',
  'virtual.expectations.failed': ['lost slots: expected none, got 1']
}

/** Adds what a live run, or a scenario with expectations, has in its report. */
function claimMore(): void {
  const configuration = run.configuration as { canFill?: Json; churn: { scenario: { expect: Json } } }
  configuration.canFill = { '1-0:1.29.0': 8, '1-0:2.29.0': run.slots[0]?.withheld['1-0:2.29.0']?.able }
  configuration.churn.scenario.expect = { lost: 1 }
  writeRun()
}

it('takes what the rosters and the slots bear out', async () => {
  claimMore()
  expect(await problems()).toEqual([])
})

it.each(CLAIMED)('notices a lie about %s', async path => {
  claimMore()
  const steps = path.split(/\.(?!\d+\.\d|29|0$)/)
  const last = steps.pop() as string
  const holder = steps.reduce((value, step) => value[step] as Json, run as Json)
  expect(holder).toHaveProperty([last])
  holder[last] = FORGED[path] ?? other(holder[last])
  writeRun()
  expect(await problems()).not.toEqual([])
})

it.each(['meter', 'epoch', 'kind'])('a change of the membership by another %s is none that a roster has', async field => {
  const changes = run.churn.changes as Json[]
  const joined = changes.find(({ kind }) => kind === 'join') as Json
  joined[field] = field === 'kind' ? 'leave' : Number(joined[field]) + 1
  writeRun()
  expect(await problems()).toContainEqual(expect.stringMatching(/^membership.csv: .* which rosters.log does not have/))
})

it.each(['rosters.log', 'transcripts.log'])('notices a bit of %s', async name => {
  const bytes = readFileSync(join(changed, name))
  bytes[bytes.length - 100] = (bytes[bytes.length - 100] as number) ^ 1
  write(name, bytes)
  expect(await problems()).not.toEqual([])
})

it.each(['rosters.log', 'transcripts.log'])('notices records of %s that come twice', async name => {
  const records = RecordLog.read(join(changed, name)).records
  const { log } = RecordLog.open(join(changed, name), false)
  for (const record of records) log.append(record)
  log.close()
  const { lines, problems: said } = await verifyRun(changed)
  expect(said).toEqual([expect.stringMatching(`^${name}: expected each record once, got ${records.length} records again$`)])
  expect(lines.join('\n')).toContain('4 totals replayed from 32 submissions')
})

describe('stand-ins for signatures', () => {
  const verified = async (fields: Json, registrar?: string) => {
    Object.assign(run, { signatures: 'stand-in', ...fields })
    writeRun()
    return await verifyRun(changed, registrar)
  }
  const NOTHING = expect.stringMatching(/^nothing signed was checked: /)

  it('are said first of a run in virtual time, and the rest is checked', async () => {
    const { lines, problems: none } = await verified({})
    expect([lines[0], none]).toEqual([NOTHING, []])
    expect((await verified({ summary: { ...run.summary, exact: 9 } })).problems).not.toEqual([])
  })

  it('are refused of a run on real nodes', async () => {
    const { lines, problems: some } = await verified({ kind: 'live' })
    expect(lines[0]).toEqual(NOTHING)
    expect(some[0]).toMatch(/^run.json: signatures: expected ed25519 of a live run, got stand-in/)
  })

  it("are refused where a registrar's key is to be held against them", async () => {
    const { lines, problems: some } = await verified({}, '11'.repeat(32))
    expect(lines[0]).toEqual(NOTHING)
    expect(some).toEqual([expect.stringContaining(`expected rosters signed by ${'11'.repeat(32)}, got stand-ins`)])
  })
})
