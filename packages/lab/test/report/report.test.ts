// The report of a run that outlives its disk, or whose nodes tell of something after its end.
import type * as fileSystem from 'node:fs'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HushgridError, IMPORT_LANE, millis } from '@hushgrid/primitives'
import { RecordLog } from '@hushgrid/runtime'
import { afterAll, beforeEach, expect, it, vi } from 'vitest'
import { prepareReport, RunReport } from '../../src/report/report.ts'

const disk = vi.hoisted(() => ({ isFull: false }))
vi.mock('node:fs', async original => {
  const fs = await original<typeof fileSystem>()
  const writeSync = (...args: Parameters<typeof fs.writeSync>): number => {
    if (disk.isFull) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    return fs.writeSync(...args)
  }
  return { ...fs, writeSync }
})

const OPTIONS = { lanes: [IMPORT_LANE], clock: { real: () => new Date(), protocol: () => millis(0), slotSeconds: 900 } }
const root = mkdtempSync(join(tmpdir(), 'hushgrid-report-'))
let number = 0
let folder: string
let failures: HushgridError[]
let report: RunReport
beforeEach(() => {
  disk.isFull = false
  folder = join(root, String(number++))
  failures = []
  report = new RunReport(folder, OPTIONS, cause => failures.push(cause))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8')
const note = (text: string): void => report.event({ type: 'note', text })

it('leaves out what comes after it was closed, and may be closed twice', () => {
  note('before')
  report.finish({ done: true })
  note('while nodes are put away')
  report.close()
  report.close()
  note('a late warning')
  report.roster({ bytes: new Uint8Array(3) } as Parameters<RunReport['roster']>[0])
  report.transcript(new Uint8Array(3))
  expect(failures).toEqual([])
  expect(report.isWhole).toBe(true)
  expect(textOf('events.jsonl').match(/"text":"[^"]*"/g)).toEqual(['"text":"before"', '"text":"while nodes are put away"'])
})

it('tells once that there is no room, leaves the rest out, and still writes run.json where there is room for it', () => {
  disk.isFull = true
  note('lost')
  note('lost too')
  report.transcript(new Uint8Array(3))
  disk.isFull = false
  note('later')
  report.membership([])
  report.finish({ slots: 3 })
  report.close()
  expect(failures.map(({ message }) => message)).toEqual([`--report ${folder}: expected to write to it, got ENOSPC`])
  expect(failures[0]).toBeInstanceOf(HushgridError)
  expect(report.isWhole).toBe(false)
  expect(textOf('events.jsonl')).toBe('')
  expect(JSON.parse(textOf('run.json'))).toEqual({ slots: 3 })
  expect(existsSync(join(folder, 'membership.csv'))).toBe(false)
})

it('has a message once, also where a role that started again sent it twice', () => {
  for (const bytes of [1, 2, 1]) report.message(Uint8Array.of(bytes))
  report.close()
  expect(RecordLog.read(join(folder, 'messages.log')).records).toEqual([Uint8Array.of(1), Uint8Array.of(2)])
})

it('tells where run.json has no room', () => {
  symlinkSync('/dev/full', join(folder, 'run.json'))
  report.finish({})
  report.close()
  expect(failures.map(({ message }) => message)).toEqual([`${join(folder, 'run.json')}: expected a file that can be written, got ENOSPC`])
})

it.each(['slots.csv', 'events.jsonl'])('takes no folder that holds a run (%s)', name => {
  const other = join(root, `holds-${name}`)
  mkdirSync(other)
  writeFileSync(join(other, name), '')
  expect(() => prepareReport(other)).toThrow(`--report ${other}: expected a new or empty folder, got one that holds a run`)
})

it('takes no folder that cannot be made', () => {
  expect(() => new RunReport('/proc/nope/x', OPTIONS, () => undefined)).toThrow(
    '--report /proc/nope/x: expected a folder that can be written to, got ENOENT'
  )
})
