// Events that nodes of all roles log, field by field.
import { EXPORT_LANE, IMPORT_LANE, millis, obisCode, readingLanes, type Slot } from '@hushgrid/primitives'
import { beforeEach, describe, expect, it } from 'vitest'
import { logLines } from '../../src/program/log-lines.ts'
import { NodeEvents } from '../../src/program/node-events.ts'

const SLOT = 1_929_774 as Slot
let lines: Record<string, unknown>[] = []
let now = SLOT
let events: NodeEvents

beforeEach(() => {
  lines = []
  now = SLOT
  const log = logLines(
    'meter',
    true,
    line => lines.push(JSON.parse(line)),
    () => 0
  )
  events = new NodeEvents(log, 900, () => now)
})

const roster = (epoch: number) => ({
  ...{ epoch, n: 7, presentCount: 6, degree: 6, neighbourCount: 6, firstSlot: SLOT },
  hash: new Uint8Array(32).fill(0xab)
})

describe('what a node logs', () => {
  it('has a roster with the beginning of its hash', () => {
    events.roster(roster(2), { part: true })
    expect(lines).toMatchObject([
      {
        event: 'roster',
        epoch: 2,
        members: 7,
        present: 6,
        firstSlot: SLOT,
        starts: '2025-01-13T19:30:00.000Z',
        hash: 'abababababababab',
        part: true
      }
    ])
  })

  it('has totals in kWh, and in their own units where a lane is no energy that it knows', () => {
    const open = [EXPORT_LANE, obisCode('1-0:13.29.0'), IMPORT_LANE]
    events.total({ slot: SLOT, epoch: 0, contributors: 6, lanes: readingLanes([-1500n, 7n, 61_001n]), open, withheld: {} })
    expect(lines[0]).toMatchObject({ event: 'total', slot: SLOT, contributors: 6, importKWh: 61.001, exportKWh: -1.5, '1-0:13.29.0': 7 })
  })

  it('has the reason of a lane that is withheld, and no figure for it', () => {
    const total = { slot: SLOT, epoch: 0, contributors: 25, lanes: readingLanes([61_001n]), open: [IMPORT_LANE] }
    events.total({ ...total, withheld: { [EXPORT_LANE]: { able: 3, of: 25, needed: 6 } } })
    expect(lines[0]).toMatchObject({ event: 'total', importKWh: 61.001, withheld: '3 of 25 can feed in, 6 are needed' })
    expect(lines[0]).not.toHaveProperty('exportKWh')
    expect(() => events.total({ ...total, withheld: {}, open: [IMPORT_LANE, EXPORT_LANE] })).toThrow('sums: expected 2 lanes, got 1')
  })

  it('has a lost slot with its reason, and no endless list of members', () => {
    const members = Array.from({ length: 8 }, (_, i) => `m${i}`)
    events.lost({ slot: SLOT, epoch: 0, reason: 'MembersMissing', members })
    events.lost({ slot: SLOT, epoch: 0, reason: 'Implausible', members: [] })
    expect(lines[0]).toMatchObject({ event: 'lost', reason: 'MembersMissing', members: 8, who: 'm0 m1 m2 m3 m4 and 3 more' })
    expect(lines[1]).not.toHaveProperty('who')
  })

  it('has drops by reason, once a slot at most', () => {
    for (let i = 0; i < 3; i++) events.dropped('duplicate')
    events.dropped('flood')
    expect(lines).toEqual([])
    now = (SLOT + 1) as Slot
    events.dropped('too-early')
    expect(lines).toMatchObject([{ event: 'dropped', duplicate: 3, flood: 1 }])
    events.flush()
    events.flush()
    now = (SLOT + 2) as Slot
    events.tick()
    expect(lines.slice(1)).toMatchObject([{ event: 'dropped', 'too-early': 1 }])
  })

  it('holds back the same trouble, and not another', () => {
    for (let i = 0; i < 3; i++) for (const problem of ['a', 'b']) events.trouble(problem)
    expect(lines.map(line => line.problem)).toEqual(['a', 'b'])
  })

  it('says what it was started with, and that a lab clock has not begun', () => {
    const clock = { now: () => millis(0) }
    const network = { name: 'street', slotSeconds: 900 }
    events.starting({ network, preset: 'lab', clock, labClock: { real: Date.now() + 60_000, protocol: millis(0), rate: 9 } })
    events.listening('id', ['/a', '/b'])
    expect(lines.map(line => line.event)).toEqual(['starting', 'early', 'listening', 'listening'])
    expect(lines[0]).toMatchObject({ network: 'street', preset: 'lab', clock: '9 times as fast', now: '1970-01-01T00:00:00.000Z' })
  })
})

describe('what a node logs of a slot with missing members', () => {
  const members = Array.from({ length: 8 }, (_, i) => `m${i}`)

  it('has who is missing, and no endless list of them', () => {
    events.requested(SLOT, members)
    events.requested(SLOT, members.slice(0, 2))
    expect(lines).toMatchObject([
      { level: 'info', event: 'requested', slot: SLOT, start: '2025-01-13T19:30:00.000Z', missing: 8, who: 'm0 m1 m2 m3 m4 and 3 more' },
      { event: 'requested', missing: 2, who: 'm0 m1' }
    ])
  })

  it('has who disputes and who refuses why, each once, and a peer’s reason not at any length', () => {
    for (let i = 0; i < 3; i++) events.disputed(SLOT, 'm1')
    events.disputed(SLOT, 'm2')
    for (let i = 0; i < 3; i++) events.refused(SLOT, 'm3', 'x'.repeat(10_000))
    expect(lines.map(line => [line.level, line.event, line.by])).toEqual([
      ['warn', 'disputed', 'm1'],
      ['warn', 'disputed', 'm2'],
      ['warn', 'refused', 'm3']
    ])
    expect(lines[2]?.reason).toBe('x'.repeat(80))
  })
})
