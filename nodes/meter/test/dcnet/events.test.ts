import type { MeterOutput } from '@hushgrid/dcnet'
import { IMPORT_LANE, type MeterId, type Slot } from '@hushgrid/primitives'
import { logLines } from '@hushgrid/runtime'
import { beforeEach, expect, it } from 'vitest'
import { MeterEvents } from '../../src/dcnet/events.ts'

const SLOT = 1_929_774 as Slot
const SECRET = new Uint8Array(64).fill(0xcd)
let lines: Record<string, unknown>[] = []
let events: MeterEvents

beforeEach(() => {
  lines = []
  const log = logLines(
    'meter',
    true,
    line => lines.push(JSON.parse(line)),
    () => 0
  )
  events = new MeterEvents(log, 900, () => SLOT)
})

it('logs what a meter did about missing members, in plain terms', () => {
  const outputs: MeterOutput[] = [
    { type: 'released', slot: SLOT },
    { type: 'request-refused', slot: SLOT, reason: 'a member disputes' },
    { type: 'disputed', slot: SLOT },
    { type: 'journal-rolled-back', through: SLOT },
    { type: 'leaving' }
  ]
  for (const output of outputs) events.output(output)
  expect(lines.map(line => [line.level, line.event])).toEqual([
    ['info', 'released'],
    ['warn', 'request-refused'],
    ['warn', 'disputed'],
    ['warn', 'rolled-back'],
    ['info', 'leaving']
  ])
  expect(lines[0]).toMatchObject({ slot: SLOT, start: '2025-01-13T19:30:00.000Z' })
  expect(lines[1]).toMatchObject({ slot: SLOT, reason: 'a member disputes' })
  expect(lines[3]).toMatchObject({ through: SLOT })
})

it('logs a reading beyond what its lane may show or without a lane, without the reading, and an edge that was opened', () => {
  events.output({ type: 'beyond-max', slot: SLOT, lane: IMPORT_LANE })
  events.output({ type: 'lane-unread', slot: SLOT, lane: IMPORT_LANE })
  events.output({ type: 'edge-opened', slot: SLOT, with: 'ab'.repeat(32) as MeterId })
  expect(lines).toMatchObject([
    { level: 'warn', event: 'beyond-max', slot: SLOT, lane: IMPORT_LANE },
    { level: 'warn', event: 'lane-unread', slot: SLOT, lane: IMPORT_LANE },
    { level: 'warn', event: 'edge-opened', slot: SLOT, with: 'ab'.repeat(32) }
  ])
})

it('logs of its journal only that it submitted, and nothing of what it sends', () => {
  const bytes = SECRET
  for (const kind of ['submission', 'absent', 'request', 'dispute', 'release'] as const)
    events.output({ type: 'journal', record: { kind, slot: SLOT, bytes } })
  events.output({ type: 'journal', record: { kind: 'roster', from: SLOT, bytes } })
  events.output({ type: 'publish', topic: 'readings', bytes })
  events.output({ type: 'deliver', to: 'ab' as never, address: '/ip4/127.0.0.1/tcp/1', bytes })
  events.output({ type: 'answer', bytes })
  expect(lines).toMatchObject([{ event: 'submitted', slot: SLOT }])
})
