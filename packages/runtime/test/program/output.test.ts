// What becomes of a program whose standard output or standard error cannot be written any more.
import { EventEmitter } from 'node:events'
import { beforeEach, describe, expect, it } from 'vitest'
import { ProgramOutput } from '../../src/program/output.ts'

class FakeStream extends EventEmitter {
  text = ''
  isTTY = false
  write(text: string): void {
    this.text += text
  }
  fail(code: string): void {
    this.emit('error', Object.assign(new Error(`write ${code}`), { code }))
  }
}

class FakeProcess extends EventEmitter {
  readonly stdout = new FakeStream()
  readonly stderr = new FakeStream()
  exitCode: number | undefined
  /** Ends the process with a status; gives the one that it ends with in the end. */
  end(status: number): number {
    this.exitCode = status
    this.emit('exit', status)
    return this.exitCode
  }
}

let fake: FakeProcess
let output: ProgramOutput
beforeEach(() => {
  fake = new FakeProcess()
  output = new ProgramOutput(fake)
  output.watch()
})

describe('a command', () => {
  it.each(['EPIPE', 'ECONNRESET', 'EIO', 'ERR_STREAM_DESTROYED'])('whose reader has gone (%s) ends quietly, with its own status', code => {
    fake.stdout.isTTY = code === 'EIO'
    fake.stdout.fail(code)
    expect(output.ended.aborted).toBe(true)
    expect([fake.stdout.text, fake.stderr.text]).toEqual(['', ''])
    expect([0, 1].map(status => fake.end(status))).toEqual([0, 1])
  })

  it.each(['ENOSPC', 'EDQUOT', 'EIO'])('whose output has no room (%s) ends with one sentence and status 2', code => {
    fake.stdout.fail(code)
    fake.stdout.fail(code)
    expect(output.ended.aborted).toBe(true)
    expect(fake.stderr.text).toBe(`standard output: expected to write to it, got ${code}\n`)
    expect(fake.end(0)).toBe(2)
  })

  it('whose output has no room keeps a status that says more', () => {
    fake.stdout.fail('ENOSPC')
    expect([1, 130].map(status => fake.end(status))).toEqual([1, 130])
  })

  it('ends where standard error cannot be written either', () => {
    fake.stderr.fail('EPIPE')
    expect(output.ended.reason).toBe('standard error')
  })

  it('hears of a failure once, however often it is watched', () => {
    output.watch()
    expect([fake.stdout.listenerCount('error'), fake.stderr.listenerCount('error')]).toEqual([1, 1])
    expect(output.ended.aborted).toBe(false)
  })
})

it.each(['EPIPE', 'ENOSPC'])('a program that goes on does so without a word (%s)', code => {
  output.goOn()
  fake.stdout.fail(code)
  fake.stderr.fail(code)
  expect(output.ended.aborted).toBe(false)
  expect([fake.stderr.text, fake.end(0)]).toEqual(['', 0])
})
