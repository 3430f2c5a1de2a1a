// A program that hears of another rate of the lab's clock from the one that started it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { millis } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import type { LabClockMessage } from '../../src/program/signals.ts'

const SIGNALS = new URL('../../src/program/signals.ts', import.meta.url)
const PROGRAM = `
import { hearLabClock } from ${JSON.stringify(SIGNALS.href)}
const alive = setInterval(() => {}, 1000)
hearLabClock(anchor => process.send(anchor, () => clearInterval(alive)))
process.send('ready')
`

it('takes its anchors, leaves other messages alone, and is not kept alive by listening', { timeout: 30_000 }, async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ended = once(child, 'exit')
  await once(child, 'message')
  const message: LabClockMessage = { type: 'lab-clock', anchor: { real: 1e12, protocol: millis(5000), rate: 450 } }
  for (const other of ['stop', { type: 'lab-clock' }, { anchor: message.anchor }]) child.send(other)
  child.send(message)
  expect(await once(child, 'message')).toEqual([message.anchor, undefined])
  expect(await ended).toEqual([0, null])
})
