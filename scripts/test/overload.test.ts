// A lab of two hundred meters that is kept from working: on busy cores, and stopped like a machine that sleeps.
import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { afterEach, expect, it } from 'vitest'
import { killRuns, type Run, start } from './support/started-run.ts'

const MEMBERS = 200
const SLOT_MS = 3000
const BUSY_MS = 25_000
/** Slots after which all is to be as it was. */
const BACK = 10

let hogs: ChildProcess[] = []

afterEach(() => {
  release()
  killRuns()
})

/** Keeps each core busy, with four processes that compute beside whatever else would run on it. */
function occupy(): void {
  hogs = Array.from({ length: 4 * availableParallelism() }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }))
}

function release(): void {
  for (const hog of hogs) hog.kill('SIGKILL')
  hogs = []
}

interface Row {
  readonly slot: number
  readonly members: number
  readonly submitted: number
  readonly exact: boolean
  readonly lost: boolean
}

function rows(run: Run): Row[] {
  const lines = run.out().split('\n').slice(0, -1)
  return lines.flatMap(line => (JSON.parse(line) as { row?: Row }).row ?? [])
}

async function slotsMore(run: Run, count: number): Promise<Row> {
  const before = rows(run).length
  await expect.poll(() => rows(run).length, { timeout: 60_000 + 2 * count * SLOT_MS, interval: 100 }).toBeGreaterThanOrEqual(before + count)
  return rows(run)[before + count - 1] as Row
}

const whole = { members: MEMBERS, submitted: MEMBERS, exact: true, lost: false }

it('all its members are back ten slots later, and the totals exact', { timeout: 400_000 }, async () => {
  const run = start('--n', String(MEMBERS), '--slot-ms', String(SLOT_MS), '--json', '--seed', 'overload')
  expect(await slotsMore(run, 1)).toMatchObject(whole)

  occupy()
  await new Promise(resolve => setTimeout(resolve, BUSY_MS))
  release()
  expect(await slotsMore(run, BACK)).toMatchObject(whole)

  const { pid } = run.child
  process.kill(-(pid as number), 'SIGSTOP')
  await new Promise(resolve => setTimeout(resolve, 3 * SLOT_MS))
  process.kill(-(pid as number), 'SIGCONT')
  expect(await slotsMore(run, BACK)).toMatchObject(whole)

  expect(rows(run).filter(({ lost, exact }) => !lost && !exact)).toEqual([])
  process.kill(pid as number, 'SIGINT')
  expect((await run.ended).code).toBe(0)
})
