// The lab's feed and what it holds, without nodes.
import { lanesFromIntegers, lanesToBytes, obisCode, type Slot } from '@hushgrid/primitives'
import type { LabChange, LabSlot } from '@hushgrid/web-api'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SlotRow } from '../../src/neighbourhood/events.ts'
import type { LabSample } from '../../src/neighbourhood/neighbourhood.ts'
import type { LabRun } from '../../src/run/page.ts'
import { labAction } from '../../src/web/action-shape.ts'
import { AttackAccount } from '../../src/web/attack-account.ts'
import { LabFeed, type RunState } from '../../src/web/feed.ts'
import { KEPT_SLOTS, ReceivedValues } from '../../src/web/received-values.ts'
import { slotOf } from '../../src/web/run-state.ts'
import { RunView } from '../../src/web/run-view.ts'
import { reasonInWords, slotLine } from '../../src/web/slot-line.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const COUNTERS = { slots: 0, exact: 0, recovered: 0, lost: 0, bytes: 0, cpuMs: 0, keyAgreements: 0 }
const RUN: RunState = {
  network: 'n',
  contender: { name: 'dcnet', label: 'DC-net', masks: true, collector: 'aggregator', forms: ['masked'], sight: [], path: [] },
  contenders: [],
  recovery: 'edge-release',
  phase: 'running',
  slotSeconds: 900,
  slotMs: 1000,
  lanes: ['1-0:1.29.0'],
  epoch: 0,
  degree: 2,
  meters: [{ household: 0, id: 'aa', state: 'in' }],
  edges: [],
  spare: [],
  aggregatorUp: true,
  counters: COUNTERS
}

function slotWith(slot: number, changes: Partial<LabSlot> = {}): LabSlot {
  return {
    slot,
    start: new Date(slot * 900_000).toISOString(),
    epoch: 0,
    members: 10,
    submitted: 10,
    missing: [],
    recovered: 0,
    releases: 0,
    refused: [],
    lost: false,
    exact: true,
    total: { '1-0:1.29.0': '1' },
    withheld: {},
    expected: { '1-0:1.29.0': '1' },
    sinceEndMs: 1,
    cpuMs: 1,
    bytes: 1,
    ...changes
  }
}

function followed(): { readonly feed: LabFeed; readonly changes: LabChange[]; readonly leave: AbortController } {
  const feed = new LabFeed('token', RUN, () => 0)
  const changes: LabChange[] = []
  const leave = new AbortController()
  feed.follow(change => changes.push(change), leave.signal)
  return { feed, changes, leave }
}

describe('the feed', () => {
  it('gathers what comes together, each household once, and tells it before what follows from it', () => {
    const { feed, changes } = followed()
    feed.beginSlot(7, 'now')
    for (let household = 0; household < 500; household++) feed.note('submitted', 7, household)
    feed.note('submitted', 7, 3)
    feed.note('submitted', 6, 3)
    expect(changes.map(({ type }) => type)).toEqual(['snapshot', 'open'])
    vi.advanceTimersByTime(70)
    expect(changes.slice(2)).toEqual([{ type: 'submitted', slot: 7, households: Array.from({ length: 500 }, (_, i) => i) }])
    feed.note('missing', 7, 501)
    feed.refused(7, { household: 1, reason: 'r' })
    feed.refused(7, { household: 1, reason: 'r' })
    feed.over(slotWith(7), COUNTERS)
    expect(changes.slice(3).map(({ type }) => type)).toEqual(['missing', 'refused', 'over'])
    vi.advanceTimersByTime(1000)
    expect(changes).toHaveLength(6)
    expect(feed.open).toBeUndefined()
  })

  it('begins with a snapshot that has all, so that nothing is told twice', () => {
    const { feed } = followed()
    feed.beginSlot(7, 'now')
    feed.note('submitted', 7, 1)
    const late: LabChange[] = []
    feed.follow(change => late.push(change), new AbortController().signal)
    expect(late).toMatchObject([{ type: 'snapshot', state: { csrf: 'token', open: { slot: 7, submitted: [1] } } }])
    vi.advanceTimersByTime(1000)
    expect(late).toHaveLength(1)
    feed.note('submitted', 7, 2)
    vi.advanceTimersByTime(1000)
    expect(late[1]).toEqual({ type: 'submitted', slot: 7, households: [2] })
  })

  it('tells nobody who has left', () => {
    const { feed, changes, leave } = followed()
    leave.abort()
    feed.aggregator(false)
    expect(changes).toHaveLength(1)
    expect(feed.state.aggregatorUp).toBe(false)
  })

  it('has so many followers at most, and room again when one leaves', () => {
    const { feed, leave } = followed()
    for (let i = 1; i < 32; i++) {
      expect(feed.isFull).toBe(false)
      feed.follow(() => undefined, new AbortController().signal)
    }
    expect(feed.isFull).toBe(true)
    leave.abort()
    expect(feed.isFull).toBe(false)
  })

  it('keeps 96 slots and 100 lines', () => {
    const { feed } = followed()
    for (let slot = 0; slot < 200; slot++) feed.over(slotWith(slot), COUNTERS)
    for (let line = 0; line < 300; line++) feed.say('note', `line ${line}`)
    const { slots, log } = feed.state
    expect([slots.length, slots[0]?.slot, slots.at(-1)?.slot]).toEqual([96, 104, 199])
    expect([log.length, log[0]?.text, log.at(-1)?.text]).toEqual([100, 'line 200', 'line 299'])
  })

  it('a refusal that comes after the result is of its slot all the same', () => {
    const { feed, changes } = followed()
    feed.over(slotWith(7), COUNTERS)
    feed.refused(7, { household: 1, reason: 'r' })
    feed.refused(5, { household: 1, reason: 'r' })
    vi.advanceTimersByTime(100)
    expect(changes.at(-1)).toEqual({ type: 'refused', slot: 7, refusals: [{ household: 1, reason: 'r' }] })
    expect(feed.state.slots[0]?.refused).toEqual([{ household: 1, reason: 'r' }])
  })

  it('says what many meters warn of in two lines', () => {
    const { feed } = followed()
    for (let meter = 0; meter < 50; meter++) feed.say('warning', `meter ${meter}: gone`)
    feed.say('warning', 'aggregator: else')
    vi.advanceTimersByTime(2000)
    expect(feed.state.log.map(({ text }) => text)).toEqual(['meter 0: gone', 'aggregator: else', '49 more meters say so: gone'])
  })

  it('is forming until it is told otherwise', () => {
    const feed = new LabFeed('token', { ...RUN, phase: 'forming' })
    feed.forming('Enrol meters', 3, 10)
    expect(feed.state.forming).toEqual({ step: 'Enrol meters', done: 3, of: 10 })
    feed.renew({ phase: 'running' })
    expect(feed.state).not.toHaveProperty('forming')
  })
})

describe('the ring', () => {
  it('says of a meter that is down whether the roster does without it, as its slots do', () => {
    const { feed } = followed()
    const meters = [0, 1, 2].map(household => ({ household, id: `${household}`.repeat(64), absent: household === 1 }))
    const plan = {
      network: { slotSeconds: 900 },
      readings: { households: 3, firstSlot: 4 },
      contender: { shown: { collector: 'aggregator' } }
    }
    const neighbourhood = {
      households: new Map(),
      clock: { delayUntil: () => 1000 },
      ringAt: () => ({ epoch: 1, degree: 2, meters, edges: [[0, 2]] })
    }
    const view = new RunView({ plan, neighbourhood } as unknown as LabRun, feed, new ReceivedValues())
    view.running({ agreementsOf: {}, keyAgreements: 2 } as unknown as LabSample, 4 as Slot)
    view.operating({ do: 'crash', household: 1 })
    view.operating({ do: 'crash', household: 2 })
    expect(feed.state.meters.map(({ household, state, absent }) => [household, state, absent])).toEqual([
      [0, 'in', undefined],
      [1, 'down', true],
      [2, 'down', undefined]
    ])
    view.end()
  })
})

describe('a slot that is over', () => {
  const { withheld: _, ...shown } = slotWith(4)
  const row = (changes: Partial<SlotRow> = {}): SlotRow => ({
    ...{ ...shown, missing: 0, missingMeters: [], refused: [], disputed: [], named: [], withheld: {}, latencyMs: 1, verifiedBy: 0 },
    ...{ entries: 3, busy: false, protocolMs: 1, units: 1, rounds: 1, slotMs: 1000, lagMs: 1 },
    ...changes
  })
  const open = { missing: [7, 3], refused: [{ household: 1, reason: 'r' }] }

  it('misses whom the ring showed as missing, where its loss names nobody', () => {
    const lost = { lost: true, exact: false, total: null, submitted: 8, reason: 'Unanswered' }
    expect(slotOf(row(lost), open)).toMatchObject({
      missing: [3, 7],
      submitted: 8,
      reason: 'a request for masks or shares was not answered',
      refused: open.refused
    })
    expect(slotOf(row({ ...lost, missingMeters: [2] }), open).missing).toEqual([2])
    expect(slotOf(row(lost), undefined)).toMatchObject({ missing: [], refused: [] })
    // Who was named and came in time after all is in the total.
    expect(slotOf(row(), open).missing).toEqual([])
  })
})

describe('received values', () => {
  it('keep the first of each role, of the last slots', () => {
    const values = new ReceivedValues()
    const lanes = [obisCode('1-0:1.29.0')]
    const bytesOf = (...values: readonly bigint[]): Uint8Array => lanesToBytes(lanesFromIntegers(values))
    const masked = (value: bigint) => ({ role: 'aggregator', form: 'masked', bytes: bytesOf(value), lanes }) as const
    for (let slot = 0; slot < KEPT_SLOTS + 10; slot++) expect(values.note(1, slot, masked(-1n))).toBe(true)
    expect(values.note(1, KEPT_SLOTS, masked(5n))).toBe(false)
    expect(values.of(1, 9)).toEqual([])
    expect(values.of(1, KEPT_SLOTS)).toEqual([{ role: 'aggregator', form: 'masked', values: { '1-0:1.29.0': String(2n ** 64n - 1n) } }])
    values.note(1, KEPT_SLOTS, { role: 'pes', form: 'plain', bytes: bytesOf(-3n), lanes })
    values.note(1, KEPT_SLOTS, { role: 'concentrator', form: 'ciphertext', bytes: Uint8Array.of(1, 255) })
    expect(values.of(1, KEPT_SLOTS).slice(1)).toEqual([
      { role: 'pes', form: 'plain', values: { '1-0:1.29.0': '-3' } },
      { role: 'concentrator', form: 'ciphertext', values: { '': '01ff' } }
    ])
    // A roster of another epoch may have another lane.
    values.note(2, KEPT_SLOTS, { role: 'aggregator', form: 'masked', bytes: bytesOf(7n, 9n), lanes: [...lanes, '1-0:2.29.0'] })
    expect(values.of(2, KEPT_SLOTS)[0]?.values).toEqual({ '1-0:1.29.0': '7', '1-0:2.29.0': '9' })
    values.forgetFrom(KEPT_SLOTS)
    expect([values.of(1, KEPT_SLOTS), values.of(1, KEPT_SLOTS - 1).length]).toEqual([[], 1])
  })
})

describe('lines', () => {
  it('tell of a slot that did not go as on a calm day, and of no other', () => {
    expect(slotLine(slotWith(4), true)).toBeUndefined()
    const missing = [1, 2, 3, 4, 5, 6, 7, 8]
    expect(slotLine(slotWith(4, { missing, recovered: 8, releases: 1 }), true)).toBe(
      'Slot of 01:00 UTC: total without meters 1, 2, 3, 4, 5, 6 and 2 more, recovered by 1 release of masks.'
    )
    expect(slotLine(slotWith(4, { missing: [1], recovered: 1 }), false)).toBe('Slot of 01:00 UTC: total without meter 1.')
    expect(slotLine(slotWith(4, { lost: true, exact: false, reason: 'Unanswered' }), true)).toBe('Slot of 01:00 UTC: lost (Unanswered).')
    expect(slotLine(slotWith(4, { lost: true, busy: true, exact: false, reason: 'MembersMissing', missing: [1] }), true)).toBe(
      'Slot of 01:00 UTC: lost because this machine is busy (MembersMissing), without meter 1.'
    )
    expect(slotLine(slotWith(4, { exact: false }), true)).toBe('Slot of 01:00 UTC: the total is not the sum of the readings.')
  })

  it('name the reason of a loss in words', () => {
    expect(reasonInWords('MembersMissing')).toBe('members are missing')
    expect(reasonInWords('the aggregator was down')).toBe('the aggregator was down')
  })

  it('tell what came of an attack, masks that were released twice above all', () => {
    const attack = new AttackAccount(4, 2)
    attack.disputed(5)
    attack.refused(1, 'a second request')
    attack.refused(3, 'a second request')
    attack.gaveMasks(6)
    attack.result = slotWith(4)
    expect(attack.outcome).toBeUndefined()
    attack.sent = { shown: 3 }
    expect(attack.outcome).toBe(
      'Asking twice about meter 2: the slot has its total; 3 meters were shown a request, 1 disputes, 2 refuse (a second request); 1 meter released masks, none of them twice.'
    )
    attack.gaveMasks(6)
    attack.result = slotWith(4, { lost: true, reason: 'Disputed' })
    expect(attack.outcome).toMatch(
      /^Asking twice about meter 2: the slot is lost \(Disputed\);.* 1 meter released masks, 1 of them twice\.$/
    )
    attack.sent = { problem: 'the aggregator is down' }
    expect(attack.outcome).toBe('Asking twice about meter 2: the requests did not go out, since the aggregator is down.')
  })
})

describe('the verdict on asking twice', () => {
  const WHEN = '01:00 UTC'
  const asked = (shown: number, ...refusing: readonly number[]): AttackAccount => {
    const attack = new AttackAccount(4, 2)
    for (const household of refusing) attack.refused(household, 'a second request')
    attack.sent = { shown }
    attack.result = slotWith(4)
    return attack
  }

  it('counts each meter once, whatever it has against it', () => {
    const attack = asked(3, 1, 3)
    attack.disputed(1)
    attack.caught(5)
    expect(attack.verdict(WHEN)).toEqual({ text: 'refused by 3 of 3: nobody answers twice for the slot of 01:00 UTC', held: true })
  })

  it('says that a slot is lost, and that nobody refused', () => {
    const lost = asked(3, 1)
    lost.result = slotWith(4, { lost: true, reason: 'Disputed' })
    expect(lost.verdict(WHEN)?.text).toBe(
      'refused by 1 of 3, answered by none: nobody answers twice for the slot of 01:00 UTC, which is lost'
    )
    expect(asked(3).verdict(WHEN)?.text).toBe('3 asked, answered by none: nobody answers twice for the slot of 01:00 UTC')
  })

  it('does not hold where somebody answers twice', () => {
    const attack = asked(3, 1)
    attack.gaveMasks(6)
    expect(attack.verdict(WHEN)).toEqual({
      text: 'refused by 1 of 3, answered once by 1: nobody answers twice for the slot of 01:00 UTC',
      held: true
    })
    attack.gaveMasks(6)
    expect(attack.verdict(WHEN)).toEqual({ text: 'refused by 1 of 3: 1 meter answered twice for the slot of 01:00 UTC', held: false })
  })

  it('waits for the slot and the requests, and names what kept them from going out', () => {
    const attack = new AttackAccount(4, 2)
    attack.result = slotWith(4)
    expect(attack.verdict(WHEN)).toBeUndefined()
    attack.sent = { problem: 'the aggregator is down' }
    expect(attack.verdict(WHEN)).toEqual({ text: 'nobody was asked: the aggregator is down', held: true })
  })

  it('is in the state until another run begins', () => {
    const { feed, changes } = followed()
    const verdict = { household: 2, slot: 4, start: 'then' }
    feed.asked(verdict)
    expect(changes.at(-1)).toEqual({ type: 'asked', asked: verdict })
    expect(feed.state.asked).toEqual(verdict)
    feed.begin(RUN)
    expect(feed.state).not.toHaveProperty('asked')
  })
})

describe('actions', () => {
  it('are taken as they are defined, with nothing else in them', () => {
    expect(labAction({ do: 'join' })).toEqual({ do: 'join' })
    expect(labAction({ do: 'join', household: 3, more: 1 })).toEqual({ do: 'join', household: 3 })
    expect(labAction({ do: 'switch', contender: 'pes-direct', more: 1 })).toEqual({ do: 'switch', contender: 'pes-direct' })
    for (const wrong of [
      null,
      3,
      { do: 'leave' },
      { do: 'leave', household: '3' },
      { do: 'crash', household: -1 },
      { do: 'switch' },
      { do: 'switch', contender: 'x' },
      // It has no page.
      { do: 'switch', contender: 'plain' }
    ])
      expect(() => labAction(wrong), JSON.stringify(wrong)).toThrow(/expected/)
    expect(() => labAction({ do: 'switch', contender: 'zk' })).toThrow(
      'contender: expected one of dcnet, dcnet-double, pes-reencrypt, pes-direct'
    )
  })
})
