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

/**
 * Keeps each core busy, with four processes that compute beside whatever else would run on it. Each has a session of its own:
 * a scheduler that shares the cores out by sessions would give all of one as much as the lab.
 */
function occupy(): void {
  const count = 4 * availableParallelism()
  hogs = Array.from({ length: count }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore', detached: true }))
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

/** Waits for the first row of a slot, or of a later one where it has none. */
async function rowFrom(run: Run, slot: number): Promise<Row> {
  const last = (): number => rows(run).at(-1)?.slot ?? 0
  await expect.poll(last, { timeout: 60_000 + 2 * BACK * SLOT_MS, interval: 100 }).toBeGreaterThanOrEqual(slot)
  return rows(run).find(row => row.slot >= slot) as Row
}

/** Tells the slot after so many others by the time that passed: a late run's rows come many at once, so they do not tell. */
function slotClock(first: Row): (slots: number) => number {
  const began = performance.now()
  return slots => first.slot + Math.ceil((performance.now() - began) / SLOT_MS) + slots
}

const whole = { members: MEMBERS, submitted: MEMBERS, exact: true, lost: false }

it('all its members are back ten slots later, and the totals exact', { timeout: 400_000 }, async () => {
  const run = start('--n', String(MEMBERS), '--slot-ms', String(SLOT_MS), '--json', '--seed', 'overload')
  const first = await rowFrom(run, 1)
  expect(first).toMatchObject(whole)
  const slotAfter = slotClock(first)

  occupy()
  await new Promise(resolve => setTimeout(resolve, BUSY_MS))
  release()
  expect(await rowFrom(run, slotAfter(BACK))).toMatchObject(whole)

  const { pid } = run.child
  process.kill(-(pid as number), 'SIGSTOP')
  await new Promise(resolve => setTimeout(resolve, 3 * SLOT_MS))
  process.kill(-(pid as number), 'SIGCONT')
  expect(await rowFrom(run, slotAfter(BACK))).toMatchObject(whole)

  expect(rows(run).filter(({ lost, exact }) => !lost && !exact)).toEqual([])
  process.kill(pid as number, 'SIGINT')
  expect((await run.ended).code).toBe(0)
})
