// An evaluation that is ended at any moment goes on where it was. Its runs are stand-ins, in real processes.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { readEvaluation } from '../../src/keep/read-evaluation.ts'

const PROGRAM = fileURLToPath(new URL('../support/evaluate-stand-in.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hushgrid-resume-'))
const children: ChildProcess[] = []
/** Programs that start on busy cores. */
const LONG = 120_000

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

function start(name: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [PROGRAM, join(folder, name), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let err = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    err += text
  })
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, err }))
  return { child, ended }
}

const runsIn = (name: string): string[] => {
  const runs = join(folder, name, 'runs')
  return existsSync(runs) ? readdirSync(runs).filter(file => !file.startsWith('.')) : []
}

/** Waits until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  for (const begun = performance.now(); !isSo(); await sleep(20))
    if (performance.now() - begun > LONG / 2) throw new Error('waited too long')
}

/** Processes that a process has started and that live. */
function childrenOf(pid: number | undefined): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter(each => each !== '')
}

const isAlive = (pid: string): boolean => existsSync(`/proc/${pid}`) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

// The runs of the second repeat block their processes for a minute, so that the end always finds two at work.
it('goes on after SIGKILL and after SIGTERM with the runs that are not there', { timeout: LONG }, async () => {
  const args = ['ended', 'slow', 'plain', 'dcnet'] as const
  const first = start(...args)
  await until(() => runsIn('ended').length === 4 && childrenOf(first.child.pid).length === 2)
  const working = childrenOf(first.child.pid)
  first.child.kill('SIGKILL')
  expect((await first.ended).signal).toBe('SIGKILL')
  // Nobody goes on working for a program that is no longer there.
  await until(() => !working.some(isAlive))
  expect(readEvaluation(join(folder, 'ended')).missing).toHaveLength(4)
  const timesOf = (): number[] => runsIn('ended').map(file => statSync(join(folder, 'ended', 'runs', file)).mtimeMs)
  const before = timesOf()
  // What a process was writing when it was killed is no run.
  writeFileSync(join(folder, 'ended', 'runs', '.plain.json.1.part'), '{"format":')

  const second = start(...args)
  await until(() => childrenOf(second.child.pid).length === 2)
  second.child.kill('SIGTERM')
  const { code, err } = await second.ended
  expect([code, err.trimEnd().split('\n').at(-1)]).toEqual([0, 'ended before all runs were over; the same command goes on with the others'])
  expect(err).toContain('8 runs, of which 4 are there; seed slow')
  expect(timesOf()).toEqual(before)
  expect(readdirSync(join(folder, 'ended', 'runs'))).toHaveLength(4)
})
