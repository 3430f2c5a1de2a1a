import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { aborted, stopSignal } from '../../src/program/signals.ts'

const program = `
  const { aborted, stopSignal } = await import(${JSON.stringify(new URL('../../src/program/signals.ts', import.meta.url).href)})
  const { signal } = stopSignal()
  const alive = setInterval(() => {}, 1000)
  console.log('ready')
  await aborted(signal)
  console.log('stopping')
  if (process.argv[1] === 'stop') clearInterval(alive)`

async function ended(args: string[], ...signals: NodeJS.Signals[]) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  for (const signal of signals) {
    const [data] = await once(child.stdout, 'data')
    text += data
    child.kill(signal)
  }
  child.stdout.on('data', data => {
    text += data
  })
  const [code] = await once(child, 'close')
  return { code, text }
}

describe('a process that is told to stop', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('puts things away at %s, and ends by itself', async signal => {
    expect(await ended(['stop'], signal)).toEqual({ code: 0, text: 'ready\nstopping\n' })
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129]
  ] as const)('ends at once at a second %s, with 128 and the signal’s number', async (signal, code) => {
    expect(await ended([], 'SIGTERM', signal)).toEqual({ code, text: 'ready\nstopping\n' })
  })
})

it('lets go of the signals when it is told so', async () => {
  const count = () => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM') + process.listenerCount('SIGHUP')
  const before = count()
  const { signal, dispose } = stopSignal()
  expect(count()).toBe(before + 3)
  process.emit('SIGTERM', 'SIGTERM')
  await aborted(signal)
  expect(signal.reason).toBe('SIGTERM')
  // Also where it was aborted before.
  await aborted(signal)
  dispose()
  expect(count()).toBe(before)
})
