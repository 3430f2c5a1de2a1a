// A lab of two hundred meters that is kept from working: on busy cores, and stopped like a machine that sleeps.
import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { afterEach, expect, it } from 'vitest'
import { killRuns, type Run, start } from './support/started-run.ts'

const MEMBERS = 200
const SLOT_MS = 3000
const BUSY_MS = 25_000
/** Slots within which all is to be as it was: mostly two are enough, and sometimes more than ten pass. */
const WITHIN = 40

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

/** Waits for a slot from a certain one on in which all members are there and the total is exact. */
async function wholeAgain(run: Run, from: number): Promise<void> {
  const isWhole = ({ slot, members, submitted, exact }: Row): boolean =>
    slot >= from && members === MEMBERS && submitted === MEMBERS && exact
  await expect.poll(() => rows(run).some(isWhole), { timeout: 60_000 + WITHIN * SLOT_MS, interval: 100 }).toBe(true)
}

/** Tells the slot that runs by the time that has passed: a late run's rows come many at once, so they do not tell. */
function slotClock(last: Row): () => number {
  const began = performance.now()
  return () => last.slot + Math.ceil((performance.now() - began) / SLOT_MS)
}

it('all its members come back, and the totals are exact', { timeout: 400_000 }, async () => {
  const run = start('--n', String(MEMBERS), '--slot-ms', String(SLOT_MS), '--json', '--seed', 'overload')
  await wholeAgain(run, 0)
  const slotNow = slotClock(rows(run).at(-1) as Row)

  occupy()
  await new Promise(resolve => setTimeout(resolve, BUSY_MS))
  release()
  await wholeAgain(run, slotNow())

  const { pid } = run.child
  process.kill(-(pid as number), 'SIGSTOP')
  await new Promise(resolve => setTimeout(resolve, 3 * SLOT_MS))
  process.kill(-(pid as number), 'SIGCONT')
  await wholeAgain(run, slotNow())

  expect(rows(run).filter(({ lost, exact }) => !lost && !exact)).toEqual([])
  process.kill(pid as number, 'SIGINT')
  expect((await run.ended).code).toBe(0)
})
