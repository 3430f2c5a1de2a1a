// A slot without a lane on the terminal, in slots.csv and on the lab's page.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EXPORT_LANE, IMPORT_LANE, millis } from '@hushgrid/primitives'
import { afterAll, expect, it } from 'vitest'
import { contenderFor } from '../../src/contender/contenders.ts'
import type { SlotRow } from '../../src/neighbourhood/events.ts'
import { RunReport } from '../../src/report/report.ts'
import { textDisplay } from '../../src/run/display.ts'
import { slotOf } from '../../src/web/run-state.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-withheld-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const CLOCK = { real: () => new Date(), protocol: () => millis(0), slotSeconds: 900 }
const few = { able: 3, of: 25, needed: 6 }
const ROW: SlotRow = {
  ...{
    slot: 1_936_440,
    start: '2025-03-24T06:00:00.000Z',
    epoch: 0,
    members: 25,
    entries: 25,
    submitted: 25,
    missing: 0,
    missingMeters: []
  },
  ...{ recovered: 0, releases: 0, refused: [], disputed: [], lost: false, busy: false, named: [], exact: true },
  total: { [IMPORT_LANE]: '2889' },
  withheld: { [EXPORT_LANE]: few },
  expected: { [IMPORT_LANE]: '2889', [EXPORT_LANE]: '40' },
  ...{
    latencyMs: -150,
    sinceEndMs: 100,
    protocolMs: 90_000,
    units: 1.6,
    rounds: 1,
    slotMs: 1000,
    lagMs: 3,
    cpuMs: 300,
    bytes: 61_900,
    verifiedBy: 25
  }
}

it('is no zero, and a line says why where that changes; lines have 80 columns at most', () => {
  let out = ''
  const write = (text: string): void => {
    out += text
  }
  const display = textDisplay({ write, writeWarning: write, terminal: false, contender: contenderFor({ mode: 'dcnet' }) })
  const lost = { ...ROW, lost: true, total: null, withheld: {}, exact: false, reason: 'Disputed' }
  const whole = { ...ROW, submitted: 500, members: 500, total: { [IMPORT_LANE]: '99999999', [EXPORT_LANE]: '40' }, withheld: {} }
  const fewer = { ...ROW, withheld: { [EXPORT_LANE]: { ...few, able: 2 } } }
  for (const row of [ROW, ROW, lost, ROW, fewer, whole, ROW]) display.show({ type: 'slot', row })
  const lines = out.split('\n').slice(0, -1)
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80)
  expect(lines.slice(1).map(line => (line.startsWith('  ') ? line : line.split(/ +/).slice(2, 6)))).toEqual([
    ['25/25', '2.889', 'withheld', 'yes'],
    '  withheld: 3 of 25 can feed in, 6 are needed',
    ['25/25', '2.889', 'withheld', 'yes'],
    ['25/25', '–', '–', 'LOST'],
    '  Disputed',
    ['25/25', '2.889', 'withheld', 'yes'],
    ['25/25', '2.889', 'withheld', 'yes'],
    '  withheld: 2 of 25 can feed in, 6 are needed',
    ['500/500', '99999.999', '0.040', 'yes'],
    ['25/25', '2.889', 'withheld', 'yes'],
    '  withheld: 3 of 25 can feed in, 6 are needed'
  ])
})

it('is a row with an empty cell, and with the reason at its end', () => {
  const report = new RunReport(join(folder, 'run'), { lanes: [IMPORT_LANE, EXPORT_LANE], clock: CLOCK }, cause => {
    throw cause
  })
  report.event({ type: 'slot', row: ROW })
  report.event({ type: 'slot', row: { ...ROW, total: ROW.expected, withheld: {} } })
  report.finish({})
  report.close()
  const [header, withheld, whole] = readFileSync(join(folder, 'run', 'slots.csv'), 'utf8').split('\n')
  expect(header).toMatch(/,expected 1-0:2\.29\.0 Wh,withheld$/)
  expect(withheld).toMatch(/,2889,2889,,40,"3 of 25 can feed in, 6 are needed"$/)
  expect(whole).toMatch(/,2889,2889,40,40,$/)
})

it('comes to the page with its sentence', () => {
  expect(slotOf(ROW, undefined)).toMatchObject({
    total: { [IMPORT_LANE]: '2889' },
    withheld: { [EXPORT_LANE]: { ...few, text: 'withheld: 3 of 25 can feed in, 6 are needed' } }
  })
})
