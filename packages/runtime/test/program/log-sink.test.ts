// A log that cannot be written for a while: what is lost is counted, and said once there is room again.
import { describe, expect, it } from 'vitest'
import { LogSink, TornLineError } from '../../src/program/log-sink.ts'

/** A sink into a disk that is full where `code` is set. */
function sink() {
  const disk = { text: '', code: undefined as string | undefined }
  const failed: string[] = []
  const log: LogSink = new LogSink(
    line => {
      if (disk.code === 'torn') {
        disk.text += line.slice(0, 2)
        throw new TornLineError('torn')
      }
      if (disk.code !== undefined) throw Object.assign(new Error('no room'), { code: disk.code })
      disk.text += line
    },
    { failed: code => failed.push(code), back: lines => log.write(`lost ${lines}\n`) }
  )
  return { log, disk, failed }
}

describe('a log', () => {
  it('says how many lines are lost before the next that is written', () => {
    const { log, disk, failed } = sink()
    log.write('a\n')
    disk.code = 'ENOSPC'
    for (const line of ['b\n', 'c\n', 'd\n']) log.write(line)
    expect(log.lost).toBe(3)
    disk.code = undefined
    log.write('e\n')
    log.write('f\n')
    expect(disk.text).toBe('a\nlost 3\ne\nf\n')
    expect([failed, log.lost]).toEqual([['ENOSPC'], 0])
  })

  it('begins a new line after one of which only a part was written', () => {
    const { log, disk, failed } = sink()
    disk.code = 'torn'
    log.write('abcd\n')
    disk.code = undefined
    log.write('e\n')
    expect(disk.text).toBe('ab\nlost 1\ne\n')
    expect(failed).toEqual(['ENOSPC'])
  })

  it('counts what a stream could not write after it took it', () => {
    const { log, disk, failed } = sink()
    log.failed(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    expect([failed, log.lost, disk.text]).toEqual([['EPIPE'], 1, ''])
  })
})
