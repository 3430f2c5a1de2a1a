// A store of the aggregator whose process is killed, or whose disk is full: what was acknowledged is there afterwards.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AggregatorRecord } from '@hushgrid/dcnet'
import { systemRng } from '@hushgrid/primitives'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AggregatorStore, AggregatorStoreError, DEFAULT_BOUNDS } from '../src/store.ts'
import { bytesOf, slotRecord } from './store-fixture.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-aggregator-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function journalAfterRestart(directory = folder): readonly AggregatorRecord[] {
  const store = AggregatorStore.open(directory, systemRng, false)
  store.close()
  return store.journal
}

const FULL = /aggregator\.db: expected to write to it, got (?:database or disk is full|disk I\/O error) \(SQLite \d+\)$/

/** The beginning of a program that works on the store in `directory`. */
const preamble = (directory: string, flush: boolean) => `
  const { AggregatorStore, AggregatorStoreError } = await import(${JSON.stringify(new URL('../src/store.ts', import.meta.url).href)})
  const { bytesOf, slotRecord } = await import(${JSON.stringify(new URL('./store-fixture.ts', import.meta.url).href)})
  const { systemRng } = await import('@hushgrid/primitives')
  const { writeSync } = await import('node:fs')
  const store = AggregatorStore.open(${JSON.stringify(directory)}, systemRng, ${flush})
  // The pipe is full where the one who reads it is busy.
  const say = line => {
    for (;;) {
      try {
        return writeSync(1, line + '\\n')
      } catch (cause) {
        if (cause.code !== 'EAGAIN') throw cause
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
      }
    }
  }`

const here = { cwd: new URL('.', import.meta.url).pathname }

/** Kills the program some milliseconds after the first it says; gives the lines that it said. */
async function killed(source: string, after: number): Promise<string[]> {
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', source], {
    ...here,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const closed = once(child, 'close')
  let said = ''
  child.stdout?.on('data', (bytes: Buffer) => {
    said += bytes.toString()
  })
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  await new Promise(resolve => setTimeout(resolve, after))
  child.kill('SIGKILL')
  await closed
  return said.split('\n').slice(0, -1)
}

describe('a process that is killed', () => {
  it.each([true, false])('has lost nothing that it was told is stable, and reopens (flush %s)', async flush => {
    // Slots one after the other: three submissions each, said after the commit; in every second one a request; a result.
    const source = `${preamble(folder, flush)}
      const last = store.journal.findLast(record => record.kind !== 'roster')?.slot ?? 0
      for (let slot = last + 1; ; slot++) {
        for (let i = 0; i < 3; i++) store.append(slotRecord('received', slot, bytesOf(4 * slot + i)))
        store.commit()
        say(slot + ' received')
        if (slot % 2) {
          store.append(slotRecord('request', slot, bytesOf(slot)))
          say(slot + ' request')
        }
        store.append(slotRecord('result', slot, bytesOf(slot, 3000)))
        say(slot + ' result')
        if (slot % 8 === 0) await new Promise(resolve => setImmediate(resolve))
      }`
    let before = 0
    for (let kill = 0; kill < 5; kill++) {
      const lines = await killed(source, 3 + (systemRng.bytes(1)[0] as number) / 4)
      expect(existsSync(join(folder, 'aggregator.db-wal'))).toBe(true)
      const journal = journalAfterRestart()
      const [slot = 0, what] = (lines.at(-1) ?? '').split(' ').map((word, i) => (i === 0 ? Number(word) : word)) as [number, string]
      expect(slot, 'every process got on').toBeGreaterThan(before)
      before = slot
      const of = (number: number) => journal.filter(record => record.kind !== 'roster' && record.slot === number)
      const results = journal.filter(record => record.kind === 'result')
      const recent = lines.filter(line => line.endsWith(' result')).slice(-90)
      for (const line of recent) {
        const number = Number.parseInt(line, 10)
        expect(of(number), line).toEqual([slotRecord('result', number, bytesOf(number, 3000))])
      }
      expect(new Set(results.map(record => record.kind !== 'roster' && record.slot)).size).toBe(results.length)
      // What was said last is there, or what followed it.
      const received = [0, 1, 2].map(i => slotRecord('received', slot, bytesOf(4 * slot + i)))
      const stages: AggregatorRecord[][] = [received, [...received, slotRecord('request', slot, bytesOf(slot))]]
      if (slot % 2 === 0) stages.pop()
      stages.push([slotRecord('result', slot, bytesOf(slot, 3000))])
      const least = what === 'received' ? 0 : what === 'request' ? 1 : stages.length - 1
      expect(stages.slice(least)).toContainEqual(of(slot))
    }
  })

  it('has a store that opens again, also where it was just copying the log into the file', async () => {
    // Every record is so large that the log is copied and begun anew after it.
    const source = `${preamble(folder, true)}
      for (let slot = store.closedThrough + 1; ; slot++) {
        store.append(slotRecord('result', slot, bytesOf(slot, 1_100_000)))
        say(slot)
      }`
    let through = -1
    for (let kill = 0; kill < 10; kill++) {
      const said = await killed(source, kill)
      const store = AggregatorStore.open(folder, systemRng, true, { ...DEFAULT_BOUNDS, slots: 20 })
      store.close()
      through = Math.max(through, Number(said.at(-1) ?? -1))
      expect(store.closedThrough).toBeGreaterThanOrEqual(through)
    }
    expect(through).toBeGreaterThanOrEqual(9)
  })

  it('as one that ends without closing, has a store that opens again', () => {
    for (const end of ['', 'process.exit(1)', 'throw new Error()', 'process.abort()']) {
      const source = `${preamble(folder, false)}
        store.append(slotRecord('request', 1, bytesOf(1)))
        ${end}`
      spawnSync(process.execPath, ['--input-type=module', '-e', source], { ...here, stdio: 'ignore' })
      expect(journalAfterRestart(), end).toEqual([slotRecord('request', 1, bytesOf(1))])
    }
  })
})

describe('a store that cannot grow', () => {
  it('says so, refuses all that follows, and has what was stable before', () => {
    const store = AggregatorStore.open(folder, systemRng, false, { ...DEFAULT_BOUNDS, pages: 60 })
    let taken = 0
    const fill = () => {
      for (;;) {
        store.append(slotRecord('request', taken, bytesOf(taken, 9000)))
        taken++
      }
    }
    expect(fill).toThrow(FULL)
    expect(taken).toBeGreaterThan(5)
    expect(() => store.append(slotRecord('received', 1, bytesOf(1)))).toThrow(AggregatorStoreError)
    expect(() => store.commit()).toThrow(AggregatorStoreError)
    store.close()
    expect(journalAfterRestart()).toEqual(Array.from({ length: taken }, (_, slot) => slotRecord('request', slot, bytesOf(slot, 9000))))
  })

  /** Takes in records, five a turn, until it is told of a failure. */
  const greedy = (directory: string) => `${preamble(directory, true)}
    let [taken, stable, told] = [0, 0, []]
    store.onFailure = error => told.push(error)
    while (told.length === 0 && taken < 20_000) {
      for (let i = 0; i < 5; i++) store.append(slotRecord('received', 9, bytesOf(taken++, 1500)))
      // An immediate that is asked for in a later turn comes after the store's.
      await new Promise(resolve => setTimeout(resolve))
      await new Promise(resolve => setImmediate(resolve))
      if (told.length === 0) stable = taken
    }
    let refused = false
    try {
      store.append(slotRecord('received', 9, bytesOf(taken)))
    } catch (error) {
      refused = error === told[0]
    }
    await new Promise(resolve => setImmediate(resolve))
    const ours = told.every(error => error instanceof AggregatorStoreError)
    store.close()
    say(JSON.stringify({ taken, stable, refused, ours, told: told.map(error => error.message) }))`

  function check(run: { readonly stdout: string; readonly stderr: string }, directory: string, where: string): void {
    expect(run.stderr).toBe('')
    const { taken, stable, refused, ours, told } = JSON.parse(run.stdout)
    expect({ refused, ours, told }).toEqual({ refused: true, ours: true, told: [expect.stringMatching(FULL)] })
    expect(told[0].startsWith(`${directory}/aggregator.db: `)).toBe(true)
    expect(stable).toBeGreaterThan(20)
    expect(taken).toBe(stable + 5)
    const records = Array.from({ length: taken }, (_, seed) => slotRecord('received', 9, bytesOf(seed, 1500)))
    expect([stable, taken].map(count => records.slice(0, count))).toContainEqual(journalAfterRestart(where))
  }

  it('for a limit on the size of files tells it at the end of the turn, once', () => {
    const shell = ['-c', 'ulimit -f 400 && exec "$0" --input-type=module -e "$1"', process.execPath, greedy(folder)]
    check(spawnSync('sh', shell, { ...here, encoding: 'utf8' }), folder, folder)
  })

  it('for a disk that is full tells it likewise, and goes on where there is room', context => {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', disk])
    if (status !== 0) context.skip('skipped: this machine does not let us mount a small disk')
    const roomy = join(folder, 'roomy')
    try {
      const run = spawnSync(process.execPath, ['--input-type=module', '-e', greedy(disk)], { ...here, encoding: 'utf8' })
      cpSync(disk, roomy, { recursive: true })
      check(run, disk, roomy)
    } finally {
      spawnSync('umount', [disk])
    }
  })
})
