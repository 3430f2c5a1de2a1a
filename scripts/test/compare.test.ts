// `pnpm compare`, a tiny instance of it: live nodes of every mode, each role in a process of its own.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ComparedResults, ComparedRun, ComparedSlot } from '@hushgrid/comparison'
import type { RoleCost } from '@hushgrid/lab'
import { afterAll, describe, expect, it } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../src/compare.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hushgrid-compare-test-'))
const inFolder = (name: string): string => join(folder, name)
/** Several neighbourhoods one after the other, on two busy cores. */
const LONG = 300_000

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function compare(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [SCRIPT, ...args], { timeout: LONG }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, out, err })
    )
  })
}

const resultsIn = (name: string): ComparedResults => JSON.parse(readFileSync(join(inFolder(name), 'results.json'), 'utf8'))

/** Of all slots. */
function totalOf(run: ComparedRun, field: keyof RoleCost): number {
  return run.slots.flatMap(slot => Object.values(slot.roles)).reduce((sum, cost) => sum + cost[field], 0)
}

/** Payload that the meters sent for a reading of the first slot that has them all, or of the first, bytes. */
function payloadOf({ slots }: ComparedRun): number {
  const slot = slots.find(({ lost, missing }) => !lost && missing === 0) ?? slots[0]
  return (slot?.roles.meter?.sentPayload ?? 0) / (slot?.submitted ?? 1)
}

describe('a comparison', () => {
  it('measures every mode over the same readings, and a join, a leave and a crash in each', { timeout: LONG }, async () => {
    const { status, out, err } = await compare(
      '--n',
      '7',
      '--modes',
      'plain,dcnet,pes-reencrypt',
      '--slots',
      '2',
      '--slot-ms',
      '1500',
      '--seed',
      'tiny',
      '--out',
      inFolder('tiny')
    )
    // That something was late in a slot may be warned of, and that the machine was busy.
    const trouble = err.split('\n').filter(line => /warning|failed|differ/.test(line) && !/\bslot \d|busy machine/.test(line))
    expect(trouble).toEqual([])
    // A slot that nothing but the machine lost is said, and is the command's status.
    const lostCalmly = resultsIn('tiny')
      .runs.flatMap(({ slots }) => slots)
      .filter(({ phase, lost }) => phase === 'steady' && lost)
    expect([status, /lost (while nothing happened but readings|because the machine was busy)/.test(err.replaceAll(/\s+/g, ' '))]).toEqual(
      lostCalmly.length > 0 ? [1, true] : [0, false]
    )
    expect(out).toMatch(/plain +7 /)
    const { runs, seed, command } = resultsIn('tiny')
    expect(seed).toBe('tiny')
    expect(command).toContain('pnpm compare --n 7 --modes plain,dcnet,pes-reencrypt')
    expect(runs.map(({ mode }) => mode)).toEqual(['plain', 'dcnet', 'pes-reencrypt'])
    for (const run of runs) {
      expect(run.slots.map(({ phase }) => phase)).toEqual([
        ...Array(2).fill('steady'),
        ...['join', 'leave', 'crash'].flatMap(kind => Array(3).fill(kind))
      ])
      // A machine that is busy with something else may cost a slot its total or a reading, which is said; never is one wrong.
      expect(
        run.slots.filter(({ exact, lost }) => exact === lost),
        run.mode
      ).toEqual([])
      const lostIn = (slots: readonly ComparedSlot[]): number => slots.filter(({ lost }) => lost).length
      const ownLosses = (slots: readonly ComparedSlot[]): number => slots.filter(({ lost, busy }) => lost && !busy).length
      const whole = run.slots.slice(0, 8).filter(({ lost, missing }) => !lost && missing === 0)
      expect([whole.length >= 6, lostIn(run.slots) <= 2], err).toEqual([true, true])
      const membersIn = (slot: number): number => (run.slots[slot]?.submitted ?? 0) + (run.slots[slot]?.missing ?? 0)
      expect([0, 1, 4, 7].map(membersIn), run.mode).toEqual([7, 7, 8, 7])
      const crashed = run.slots.slice(9).filter(({ lost }) => !lost)
      expect(Math.max(...crashed.map(({ submitted }) => submitted)), run.mode).toBe(6)
      expect(run.changes.map(({ kind, lostSlots }) => [kind, lostSlots])).toEqual(
        ['join', 'leave', 'crash'].map(kind => [kind, ownLosses(run.slots.filter(({ phase }) => phase === kind))])
      )
      expect(run.changes[0]?.extraBytes).toBeGreaterThan(0)
      expect(run.setup.ms).toBeGreaterThan(100)
      // What the machine did meanwhile is in each run: its own processes used some of it.
      expect(run.load?.cores.own).toBeGreaterThan(0)
      expect(run.load?.lagMs.worst).toBeGreaterThan(0)
      expect(run.load?.verdict === 'busy machine', err).toBe(run.load?.reason !== '')
      expect(err.includes('disturbed by a busy machine')).toBe(runs.some(({ load }) => load?.verdict === 'busy machine'))
      // Loopback loses nothing: what one process wrote another read, within what is on its way.
      const [sent, received] = [totalOf(run, 'sentBytes'), totalOf(run, 'receivedBytes')]
      expect(Math.abs(sent - received) / sent).toBeLessThan(0.05)
      expect(totalOf(run, 'sentPayload')).toBeLessThan(sent)
      for (const cost of Object.values(run.slots[0]?.roles ?? {})) expect(cost.cpuMs).toBeGreaterThan(0)
      for (const bytes of Object.values(run.peakRssBytes)) expect(bytes).toBeGreaterThan(3e7)
    }
    const [plain, ring, pes] = runs as [ComparedRun, ComparedRun, ComparedRun]
    expect([plain, ring, pes].map(run => Object.keys(run.peakRssBytes).sort())).toEqual([
      ['aggregator', 'meter'],
      ['aggregator', 'meter', 'registrar'],
      ['concentrator', 'meter', 'pes', 'supplier']
    ])
    expect([plain.degree, ring.degree, pes.degree, pes.bits]).toEqual([null, 6, null, 2048])
    expect(ring.changes[0]?.keyAgreements).toBe(14)
    expect(pes.changes[0]?.keyAgreements).toBe(null)
    // A reading in the clear is 56 bytes; one that is encrypted and signed is more than twice that.
    expect(payloadOf(plain)).toBeLessThan(60)
    expect(payloadOf(pes)).toBeGreaterThan(2 * payloadOf(plain))
    expect(existsSync(join(inFolder('tiny'), 'report.html'))).toBe(true)
  })

  it('has the same churn happen in each mode, and makes its tables again', { timeout: LONG }, async () => {
    const scenario = inFolder('churn.yaml')
    writeFileSync(
      scenario,
      'name: churn\nabout: Some.\nseed: s\nmembers: 8\nslots: 3\noperations:\n  - { at: 0, do: crash, meter: 3 }\n  - { at: 1.5, do: restart, meter: 3 }\n'
    )
    const { status, err } = await compare(
      '--n',
      '8',
      '--modes',
      'dcnet-double,pes-direct',
      '--slots',
      '3',
      '--slot-ms',
      '3000',
      '--churn',
      scenario,
      '--out',
      inFolder('churn')
    )
    expect([status, err.split('\n').filter(line => /failed|differ/.test(line))]).toEqual([0, []])
    const { runs, churn } = resultsIn('churn')
    expect(churn).toBe(scenario)
    for (const { mode, slots, changes } of runs) {
      expect(
        slots.map(({ phase, submitted, exact }) => [phase, submitted, exact]),
        mode
      ).toEqual([
        ['churn', 7, true],
        ['churn', 7, true],
        ['churn', 8, true]
      ])
      expect(changes).toEqual([])
    }
    // A Paillier ciphertext of 2048 bits is 512 bytes.
    expect(payloadOf(runs[1] as ComparedRun)).toBeGreaterThan(512)
    const before = readFileSync(join(inFolder('churn'), 'report.html'), 'utf8')
    rmSync(join(inFolder('churn'), 'report.html'))
    expect((await compare('--from', inFolder('churn'))).status).toBe(0)
    expect(readFileSync(join(inFolder('churn'), 'report.html'), 'utf8')).toBe(before)
  })

  it('refuses wrong input in one sentence', { timeout: LONG }, async () => {
    writeFileSync(
      inFolder('away.yaml'),
      'name: away\nabout: A.\nseed: s\nmembers: 8\nslots: 2\noperations:\n  - { at: 0, do: partition, meters: [1], for: 1 }\n'
    )
    const wrong: readonly (readonly [string[], RegExp])[] = [
      [['--n', '2'], /--n: expected a whole number from 3 to 1000, got "2"/],
      [['--n', '5'], /--n 5: expected at least the network's minMembers, 6/],
      [['--modes', 'dcnet,ring'], /--modes: expected one of plain, .* got 'ring'/],
      [['--modes', 'plain,erkin-tsudik-temporal'], /--modes: expected one of .* got 'erkin-tsudik-temporal'/],
      [['--modes', 'all', '--n', '10,60'], /erkin-tsudik-spatial, n = 60: expected at most 50 meters on live nodes/],
      [['--bits', '1024'], /--bits: expected some of 2048, 3072, 4096/],
      [['--churn', inFolder('away.yaml'), '--n', '8'], /expected join, leave, crash, restart, which all modes know, got 'partition'/],
      [['--data', inFolder('none.csv')], /none\.csv: no such file or folder/],
      [['--from', inFolder('none')], /expected the results of a comparison/],
      [['--from', inFolder('tiny'), '--n', '8'], /--n: expected without --from/],
      [['--out', inFolder('tiny')], /expected a folder without a comparison in it/],
      [['--repeat-disturbed', '0'], /--repeat-disturbed: expected a whole number from 1 to 100, got "0"/],
      [['--from', inFolder('tiny'), '--repeat-disturbed'], /--repeat-disturbed: expected without --from/],
      [['--missing', '0.1'], /--missing: expected with --million/],
      [['--million', '--repeat', '2'], /--repeat: expected without --million/]
    ]
    for (const [args, sentence] of wrong) {
      const { status, out, err } = await compare(...args)
      const last = err.trimEnd().split('\n').at(-1) ?? ''
      expect.soft([status, out], args.join(' ')).toEqual([2, ''])
      expect.soft(last, args.join(' ')).toMatch(sentence)
    }
    const help = await compare('--help')
    expect([help.status, help.err]).toEqual([0, ''])
    expect(help.out).toMatch(/Examples:\n +pnpm compare\n/)
  })
})
