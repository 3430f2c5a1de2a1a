// A slot without a lane on the terminal, in slots.csv and on the lab's page.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EXPORT_LANE, IMPORT_LANE } from '@hushgrid/primitives'
import { afterAll, expect, it } from 'vitest'
import { contenderFor } from '../../src/contender/contenders.ts'
import type { SlotRow } from '../../src/neighbourhood/events.ts'
import { RunReport } from '../../src/report/report.ts'
import { textDisplay } from '../../src/run/display.ts'
import { slotOf } from '../../src/web/run-state.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-withheld-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const few = { able: 3, of: 25, needed: 6 }
const ROW: SlotRow = {
  ...{ slot: 1_936_440, start: '2025-03-24T06:00:00.000Z', epoch: 0, members: 25, submitted: 25, missing: 0, missingMeters: [] },
  ...{ recovered: 0, releases: 0, refused: [], disputed: [], lost: false, named: [], exact: true },
  total: { [IMPORT_LANE]: '2889' },
  withheld: { [EXPORT_LANE]: few },
  expected: { [IMPORT_LANE]: '2889', [EXPORT_LANE]: '40' },
  ...{ latencyMs: -150, sinceEndMs: 100, cpuMs: 300, bytes: 61_900, verifiedBy: 25 }
}

it('is a line that says why, and no zero', () => {
  let out = ''
  const write = (text: string): void => {
    out += text
  }
  const display = textDisplay({ write, writeWarning: write, terminal: false, contender: contenderFor({ mode: 'dcnet' }) })
  display.show({ type: 'slot', row: ROW })
  display.show({ type: 'slot', row: { ...ROW, lost: true, total: null, withheld: {}, exact: false, reason: 'Disputed' } })
  const [, withheld = '', lost = ''] = out.split('\n')
  expect(withheld.split(/ {2,}/).slice(1, 5)).toEqual(['25/25', '2.889', 'withheld', 'yes'])
  expect(withheld).toMatch(/61\.9 kB {2}withheld: 3 of 25 can feed in, 6 are needed$/)
  expect(lost.split(/ {2,}/).slice(2, 5)).toEqual(['–', '–', 'LOST'])
})

it('is a row with an empty cell, and with the reason at its end', () => {
  const report = new RunReport(join(folder, 'run'), [IMPORT_LANE, EXPORT_LANE])
  report.event({ type: 'slot', row: ROW })
  report.event({ type: 'slot', row: { ...ROW, total: ROW.expected, withheld: {} } })
  report.finish({})
  const [header, withheld, whole] = readFileSync(join(folder, 'run', 'slots.csv'), 'utf8').split('\n')
  expect(header).toMatch(/,expected 1-0:2\.29\.0 Wh,withheld$/)
  expect(withheld).toMatch(/,2889,2889,,40,"3 of 25 can feed in, 6 are needed"$/)
  expect(whole).toMatch(/,2889,2889,40,40,$/)
})

it('comes to the page with its sentence', () => {
  expect(slotOf(ROW, [])).toMatchObject({
    total: { [IMPORT_LANE]: '2889' },
    withheld: { [EXPORT_LANE]: { ...few, text: 'withheld: 3 of 25 can feed in, 6 are needed' } }
  })
})
