import type { RegistrarOutput } from '@hushgrid/dcnet'
import type { MeterId, Slot } from '@hushgrid/primitives'
import { logLines } from '@hushgrid/runtime'
import { expect, it } from 'vitest'
import { RegistrarEvents } from '../src/events.ts'

const SLOT = 1_929_774 as Slot
const A = 'aa'.repeat(32) as MeterId
const B = 'bb'.repeat(32) as MeterId

function linesOf(outputs: readonly RegistrarOutput[]): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = []
  const log = logLines(
    'registrar',
    true,
    line => lines.push(JSON.parse(line)),
    () => 0
  )
  const events = new RegistrarEvents(log, 900, () => SLOT)
  for (const output of outputs) events.output(output, 10)
  return lines
}

it('logs the seasons, and why one does not begin', () => {
  const lines = linesOf([
    { type: 'season', season: 1, firstSlot: SLOT, early: true, members: 10 },
    { type: 'season-too-small', season: 2, members: 5, least: 7 },
    { type: 'season-put-off', season: 1, until: SLOT }
  ])
  expect(lines).toMatchObject([
    { level: 'info', event: 'season', season: 1, starts: '2025-01-13T19:30:00.000Z', early: true, members: 10 },
    { level: 'warn', event: 'season-too-small', season: 2, members: 5, least: 7 },
    { level: 'warn', event: 'season-put-off', season: 1, until: SLOT, ends: '2025-01-13T19:30:00.000Z' }
  ])
})

it('logs who is kept out and until when, and who is cut from whom', () => {
  const lines = linesOf([
    { type: 'barred', meterId: A, slot: SLOT, until: SLOT, why: 'faults' },
    { type: 'barred', meterId: B, slot: SLOT, until: undefined, why: 'proven' },
    { type: 'cut', slot: SLOT, owner: A, holder: B },
    { type: 'damped', slot: SLOT, missing: 4, present: 10 }
  ])
  expect(lines).toMatchObject([
    { level: 'warn', event: 'barred', meter: A, why: 'faults', lasts: 'until 2025-01-13T19:30:00.000Z' },
    { level: 'warn', event: 'barred', meter: B, why: 'proven', lasts: 'until an operator lifts it' },
    { level: 'warn', event: 'cut', slot: SLOT, owner: A, holder: B },
    { level: 'warn', event: 'damped', slot: SLOT, missing: 4, present: 10 }
  ])
})
