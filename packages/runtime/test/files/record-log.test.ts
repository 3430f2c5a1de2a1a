// The record log: what outlives a restart, a full disk and a torn write, and what is called damaged.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { utf8 } from '@hushgrid/primitives'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { RecordLog, RecordLogError } from '../../src/files/record-log.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-record-log-'))
let path = ''
let count = 0
beforeEach(() => {
  path = join(folder, `${count++}.log`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const HEADER = utf8('hushgrid record log 1\n').byteLength
const FRAME = 12
const RECORDS = [utf8('first'), utf8(''), utf8('the third')]
/** Where the file may end without a record being torn. */
const ENDS = [HEADER]
for (const record of RECORDS) ENDS.push((ENDS.at(-1) as number) + FRAME + record.byteLength)

function write(records: readonly Uint8Array[], flush = false): void {
  const { log } = RecordLog.open(path, flush)
  for (const record of records) log.append(record)
  log.close()
}

/** Opens the log, and once more to see how the first opening left it. */
function reopen() {
  const { log, records, condition } = RecordLog.open(path, false)
  log.close()
  return { records, condition }
}

describe('a record log', () => {
  it('is new once, and gives back what was appended, in order', () => {
    expect(reopen()).toEqual({ records: [], condition: 'new' })
    expect(reopen()).toEqual({ records: [], condition: 'intact' })
    write(RECORDS)
    expect(reopen()).toEqual({ records: RECORDS, condition: 'intact' })
    expect(RecordLog.read(path)).toEqual({ records: RECORDS, damaged: false })
  })

  it.each([true, false])('gives back any records, over any number of openings (flush %s)', flush => {
    const record = fc.uint8Array({ maxLength: 60 })
    fc.assert(
      fc.property(fc.array(fc.array(record, { maxLength: 4 }), { maxLength: 4 }), sessions => {
        path = join(folder, `${count++}.log`)
        for (const records of sessions) write(records, flush)
        if (sessions.length > 0) expect(reopen()).toEqual({ records: sessions.flat(), condition: 'intact' })
      }),
      { numRuns: flush ? 10 : 60 }
    )
  })

  it('says how many bytes it takes, and only its owner may read it', () => {
    const { log } = RecordLog.open(path, false)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    for (const [i, record] of RECORDS.entries()) {
      expect(log.byteLength).toBe(ENDS[i])
      log.append(record)
      expect(log.byteLength).toBe(statSync(path).size)
    }
    log.replace([])
    expect(log.byteLength).toBe(statSync(path).size)
    log.close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('is with the operating system when append returns', () => {
    const { log } = RecordLog.open(path, false)
    log.append(utf8('now'))
    expect(RecordLog.read(path).records).toEqual([utf8('now')])
    log.close()
  })
})

describe('a torn or altered log', () => {
  it('keeps the good records before the tear, at whatever byte it is torn, and goes on from there', () => {
    write(RECORDS)
    const whole = readFileSync(path)
    expect(whole.byteLength).toBe(ENDS.at(-1))
    for (let length = 0; length <= whole.byteLength; length++) {
      writeFileSync(path, whole.subarray(0, length))
      const good = RECORDS.slice(0, Math.max(0, ENDS.filter(end => end <= length).length - 1))
      const torn = !ENDS.includes(length)
      expect(RecordLog.read(path), `read of ${length} bytes`).toEqual({ records: good, damaged: torn })
      expect(statSync(path).size, 'a read leaves the file alone').toBe(length)
      expect(reopen(), `${length} bytes`).toEqual({ records: good, condition: torn ? 'damaged' : 'intact' })
      // It was put right, and takes records again.
      write([utf8('later')])
      expect(reopen()).toEqual({ records: [...good, utf8('later')], condition: 'intact' })
    }
  })

  it('never gives back a record in which a bit is turned, nor one behind it', () => {
    write(RECORDS)
    const whole = readFileSync(path)
    for (let bit = 0; bit < 8 * whole.byteLength; bit++) {
      const altered = Buffer.from(whole)
      altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7))
      writeFileSync(path, altered)
      const before = Math.max(0, ENDS.filter(end => end <= bit >> 3).length - 1)
      expect(RecordLog.read(path), `bit ${bit}`).toEqual({ records: RECORDS.slice(0, before), damaged: true })
    }
    expect(reopen().condition).toBe('damaged')
  })

  it('is not taken in by zeros at its end, or by a length that is none', () => {
    write(RECORDS)
    const whole = readFileSync(path)
    for (const tail of [new Uint8Array(1), new Uint8Array(FRAME), new Uint8Array(4096), new Uint8Array(64).fill(0xff)]) {
      writeFileSync(path, Buffer.concat([whole, tail]))
      expect(reopen()).toEqual({ records: RECORDS, condition: 'damaged' })
    }
  })

  it('is damaged where it is another file', () => {
    writeFileSync(path, 'hushgrid record log 2\nsomething else')
    expect(reopen()).toEqual({ records: [], condition: 'damaged' })
  })
})

describe('replace', () => {
  it('puts other records in place of all, and appends follow them', () => {
    const { log } = RecordLog.open(path, true)
    for (const record of RECORDS) log.append(record)
    log.replace(RECORDS.slice(2))
    log.append(utf8('later'))
    expect(RecordLog.read(path)).toEqual({ records: [RECORDS[2], utf8('later')], damaged: false })
    log.replace([])
    expect(RecordLog.read(path).records).toEqual([])
    log.close()
    expect(existsSync(`${path}.next`)).toBe(false)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('is not put off by what an earlier one left behind', () => {
    write(RECORDS)
    writeFileSync(`${path}.next`, 'half of a log that was being written when the power went, longer than what follows'.repeat(9))
    expect(reopen()).toEqual({ records: RECORDS, condition: 'intact' })
    const { log } = RecordLog.open(path, false)
    log.replace([utf8('new')])
    log.close()
    expect(reopen()).toEqual({ records: [utf8('new')], condition: 'intact' })
  })

  it('leaves the old log or the new, whenever the process is killed', async () => {
    const generations = Array.from({ length: 2 }, (_, i) => Array.from({ length: 200 }, () => new Uint8Array(500).fill(i)))
    write(generations[0] as Uint8Array[])
    const source = `
      const { RecordLog } = await import(${JSON.stringify(new URL('../../src/files/record-log.ts', import.meta.url).href)})
      const { log } = RecordLog.open(${JSON.stringify(path)}, false)
      process.stdout.write('ready')
      for (let i = 1; ; i++) log.replace(Array.from({ length: 200 }, () => new Uint8Array(500).fill(i % 2)))`
    const found = new Set<number | undefined>()
    for (let kill = 0; kill < 6; kill++) {
      const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
      await once(child.stdout as NodeJS.ReadableStream, 'data')
      await new Promise(resolve => setTimeout(resolve, 5 + 3 * kill))
      child.kill('SIGKILL')
      await once(child, 'exit')
      const { records, damaged } = RecordLog.read(path)
      expect(damaged).toBe(false)
      expect(records).toHaveLength(200)
      const generation = records[0]?.[0]
      expect(records.every(record => record.byteLength === 500 && record.every(byte => byte === generation))).toBe(true)
      found.add(generation)
    }
    expect(found.size).toBeGreaterThan(0)
  })
})

describe('a log that cannot be written', () => {
  it.each([
    ['in a folder that is not there', () => join(folder, 'none', 'a.log')],
    [
      'under a file',
      () => {
        writeFileSync(path, '')
        return join(path, 'a.log')
      }
    ],
    [
      'that is a folder',
      () => {
        mkdirSync(path)
        return path
      }
    ]
  ])('%s is said by its own error, which names it', (_what, where) => {
    const place = where()
    expect(() => RecordLog.open(place, true)).toThrow(RecordLogError)
    expect(() => RecordLog.open(place, false)).toThrow(new RegExp(`^${place}: expected to (?:write to|read) the log \\(E[A-Z]+\\)$`))
    expect(() => RecordLog.read(place)).toThrow(/expected to read the log/)
  })

  it('is said when it was closed: the number of its file may be another’s by then', () => {
    const { log } = RecordLog.open(path, false)
    log.append(utf8('a'))
    log.close()
    log.close()
    // Takes the number that has just become free.
    const other = RecordLog.open(join(folder, `${count++}.log`), false)
    expect(() => log.append(utf8('b'))).toThrow(RecordLogError)
    expect(() => log.replace([])).toThrow(RecordLogError)
    expect(RecordLog.read(other.log.path)).toEqual({ records: [], damaged: false })
    other.log.close()
    expect(reopen().records).toEqual([utf8('a')])
  })

  it('is said of a record that would be too long to be read again', () => {
    const { log } = RecordLog.open(path, false)
    expect(() => log.append(new Uint8Array(64 * 1024 * 1024 + 1))).toThrow(/^record: expected at most 67108864 bytes, got 67108865$/)
    log.append(utf8('a'))
    log.close()
    expect(reopen()).toEqual({ records: [utf8('a')], condition: 'intact' })
  })

  /**
   * Runs under a limit on the size of files: as on a disk that is nearly full, what fits is written and no error comes
   * before the next write.
   */
  function withoutSpace(body: string): string {
    const source = `
      const { RecordLog, RecordLogError } = await import(${JSON.stringify(new URL('../../src/files/record-log.ts', import.meta.url).href)})
      const path = ${JSON.stringify(path)}
      const failure = action => {
        try {
          action()
          return 'none'
        } catch (cause) {
          return cause instanceof RecordLogError ? cause.message.replace(/^.*?: /, '') : String(cause)
        }
      }
      ${body}`
    const run = spawnSync('sh', ['-c', 'ulimit -f 8 && exec "$0" --input-type=module -e "$1"', process.execPath, source], {
      encoding: 'utf8'
    })
    expect(run.stderr).toBe('')
    return run.stdout
  }
  /** The limit is in blocks of 512 bytes, of 1024 with some shells. */
  const more = new Uint8Array(1500)

  it('for want of space keeps the records that were whole, and takes others again', () => {
    const said = withoutSpace(`
      const { log } = RecordLog.open(path, false)
      let appended = 0
      let failed
      do {
        failed = failure(() => log.append(new Uint8Array(1500).fill(1)))
        if (failed === 'none') appended++
      } while (failed === 'none')
      console.log(appended, failed)
      console.log(failure(() => log.append(new Uint8Array(10).fill(2))), log.byteLength)`)
    const [, appended = 0, bytes = 0] = (/^(\d+) expected to write 1512 bytes, wrote \d+\nnone (\d+)\n$/.exec(said) ?? []).map(Number)
    expect(appended).toBeGreaterThanOrEqual(2)
    expect(statSync(path).size).toBe(bytes)
    const { records, condition } = reopen()
    expect(condition).toBe('intact')
    expect(records).toEqual([...new Array(appended).fill(more.map(() => 1)), new Uint8Array(10).fill(2)])
  })

  it('for want of space keeps the old log when it cannot be replaced', () => {
    const said = withoutSpace(`
      const { log } = RecordLog.open(path, false)
      log.append(new Uint8Array(10).fill(1))
      console.log(failure(() => log.replace(Array.from({ length: 20 }, () => new Uint8Array(1500)))))
      console.log(failure(() => log.append(new Uint8Array(10).fill(2))))`)
    expect(said).toMatch(/^expected to write 30262 bytes, wrote \d+\nnone\n$/)
    expect(reopen()).toEqual({ records: [1, 2].map(byte => new Uint8Array(10).fill(byte)), condition: 'intact' })
    expect(existsSync(`${path}.next`)).toBe(false)
  })

  it('for want of space after it was replaced leaves no gap', () => {
    const said = withoutSpace(`
      const { log } = RecordLog.open(path, false)
      log.replace([new Uint8Array(10).fill(1)])
      console.log(failure(() => log.append(new Uint8Array(20000))))
      console.log(failure(() => log.append(new Uint8Array(10).fill(2))))`)
    expect(said).toMatch(/^expected to write 20012 bytes, wrote \d+\nnone\n$/)
    expect(reopen()).toEqual({ records: [1, 2].map(byte => new Uint8Array(10).fill(byte)), condition: 'intact' })
  })
})
