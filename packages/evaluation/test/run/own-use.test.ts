// The account of what an evaluation's own processes use, also of those that fail or die: siblings of theirs that are judged
// meanwhile would look disturbed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { OwnUse } from '../../src/run/own-use.ts'
import { runInProcess } from '../../src/run/run-process.ts'
import { orderFor } from '../support/orders.ts'

const module = new URL('../support/stand-in-run.ts', import.meta.url).href
const LONG = 60_000

/** CPU time of this process alone, ms. */
const ownMs = (): number => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000

it('keeps what a process used that died', { timeout: LONG }, async () => {
  const use = new OwnUse()
  const before = use.usedMs() - ownMs()
  const child = spawn(process.execPath, ['-e', 'for (;;);'])
  use.started(child.pid as number)
  const used = (): number => use.usedMs() - ownMs() - before
  while (used() < 300) await sleep(50)
  child.kill('SIGKILL')
  await once(child, 'exit')
  use.ended(child.pid as number)
  expect(used()).toBeGreaterThanOrEqual(300)
})

it.each(['marmol', 'vetter'])('keeps what a run used that failed: %s', { timeout: LONG }, async name => {
  const use = new OwnUse()
  const before = use.usedMs() - ownMs()
  const surroundings = { module, use, signal: new AbortController().signal, warn: () => undefined }
  await expect(runInProcess(orderFor(name), surroundings)).rejects.toThrow(/expected keys that sum|its process ended/)
  // A process of Node takes some tens of milliseconds to start.
  expect(use.usedMs() - ownMs() - before).toBeGreaterThan(15)
})
