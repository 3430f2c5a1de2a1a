// Expectations against results: silence where they hold, and else a sentence with what came instead.
import { describe, expect, it } from 'vitest'
import type { ScenarioExpectations } from '../../src/file/expectations.ts'
import { checkExpectations } from '../../src/result/check-expectations.ts'
import { type ChurnResult, type MembershipChange, type SlotReport, summarise, summaryLine } from '../../src/result/churn-result.ts'

function slot(number: number, change: Partial<SlotReport> = {}): SlotReport {
  return {
    slot: number,
    epoch: 0,
    members: 10,
    present: 10,
    submitted: 10,
    missing: [],
    recovered: false,
    refused: [],
    disputed: [],
    releases: 0,
    result: 'total',
    named: [],
    exact: true,
    total: {},
    withheld: {},
    expected: {},
    rounds: 1,
    latency: -1000,
    sinceEnd: 224_000,
    heard: 10,
    ...change
  }
}

function change(kind: MembershipChange['kind'], parts: Partial<MembershipChange> = {}): MembershipChange {
  return {
    slot: 2,
    kind,
    meter: 7,
    epoch: 1,
    messages: 10,
    bytes: 3100,
    keyAgreements: { own: 0, others: 0, again: 0 },
    touched: [],
    deltaBytes: 0,
    changesInDelta: 1,
    ...parts
  }
}

const lost = slot(1, {
  result: 'lost',
  exact: undefined,
  reason: 'Refused',
  named: [3],
  missing: [4],
  refused: [{ by: 3, reason: 'a member disputes' }]
})
const recovered = slot(2, { missing: [5], recovered: true })
const SLOTS = [slot(0), lost, recovered, slot(3)]
const CHANGES = [
  change('join', { keyAgreements: { own: 14, others: 14, again: 0 }, deltaBytes: 300 }),
  change('leave', { keyAgreements: { own: 0, others: 12, again: 1 }, meter: 8, deltaBytes: 230 }),
  change('crash', { meter: 9 }),
  change('return', { meter: 9, keyAgreements: { own: 0, others: 0, again: 2 } })
]
const RESULT: ChurnResult = {
  slots: SLOTS,
  changes: CHANGES,
  faults: [{ slot: 1, who: 3, what: 'false-dispute' }],
  evidence: [{ against: 'registrar', what: 'two rosters for epoch 1', envelopes: [], heldBy: [1] }],
  drops: { meters: {}, aggregator: {}, registrar: {} },
  messages: 0,
  bytes: 0,
  withoutEffect: [],
  summary: summarise(SLOTS, CHANGES)
}

describe('expectations', () => {
  it.each<ScenarioExpectations>([
    {},
    { lost: 1, exact: 3, recovered: 1, refusals: 1 },
    { lost: [1], exact: [0, 2, 3], recovered: [2] },
    { lost: { atMost: 1 }, exact: true, refusals: { atLeast: 1 } },
    { reasons: { Refused: 1, 'a member disputes': { atLeast: 1 }, Unanswered: 0 } },
    { keyAgreementsPerJoin: { atMost: 28 }, keyAgreementsPerLeave: { atMost: 13 }, keyAgreementsPerCrash: { atMost: 2 } },
    { deltaBytesPerChange: { atMost: 100 } },
    { faults: [{ who: 3 }, { who: 'registrar', what: 'two rosters' }] }
  ])('that hold say nothing: %j', expectations => {
    expect(checkExpectations(expectations, RESULT)).toEqual([])
  })

  it.each<[ScenarioExpectations, string]>([
    [{ lost: 0 }, 'lost slots: expected 0, got 1: 1 (Refused, meters 3)'],
    [{ lost: [2] }, 'lost slots: expected just 2, got 1: 1 (Refused, meters 3)'],
    [{ lost: [] }, 'lost slots: expected none, got 1: 1 (Refused, meters 3)'],
    [{ exact: 4 }, 'exact totals: expected 4, got 3: 0, 2, 3'],
    [{ recovered: { atLeast: 2 } }, 'recovered slots: expected at least 2, got 1: 2'],
    [{ refusals: { atMost: 0 } }, 'refusals: expected at most 0, got 1'],
    [
      { reasons: { Unanswered: 1 } },
      "slots lost or requests refused for 'Unanswered': expected 1, got 0; reasons given: Refused, a member disputes"
    ],
    [{ keyAgreementsPerJoin: { atMost: 20 } }, 'key agreements for the join of meter 7 in slot 2: expected at most 20, got 28'],
    [{ keyAgreementsPerLeave: { atMost: 12 } }, 'key agreements for the leave of meter 8 in slot 2: expected at most 12, got 13'],
    [{ keyAgreementsPerCrash: 0 }, 'key agreements for the return of meter 9 in slot 2: expected 0, got 2'],
    [
      { deltaBytesPerChange: { atMost: 50 } },
      'bytes of the roster message for the join of meter 7, beyond 200: expected at most 50, got 100'
    ],
    [{ faults: [{ who: 4 }] }, 'faults: expected meter 4 to be named, got nothing against it'],
    [{ faults: [{ who: 3, what: 'silent' }] }, "faults: expected meter 3 to be named for 'silent', got 'false-dispute'"]
  ])('that do not hold are told with what came instead: %j', (expectations, sentence) => {
    expect(checkExpectations(expectations, RESULT)).toContain(sentence)
  })

  it('take the oracle’s word for what is hidden, and say nothing of it where it was not asked', () => {
    expect(checkExpectations({ hidden: true }, RESULT)).toEqual([])
    expect(checkExpectations({ hidden: true }, RESULT, true)).toEqual([])
    expect(checkExpectations({ hidden: true }, RESULT, false)).toHaveLength(1)
    expect(checkExpectations({ hidden: false }, RESULT, true)).toHaveLength(1)
  })

  it('find a total that is not the sum of its readings', () => {
    const wrong = { ...RESULT, slots: [slot(0, { exact: false })] }
    expect(checkExpectations({ exact: true }, wrong)).toEqual([
      'exact: expected every total to be the sum of its readings, got others in slots 0'
    ])
  })
})

describe('the summary line', () => {
  it('can be quoted', () => {
    expect(summaryLine(RESULT.summary)).toBe(
      '4 slots, 1 join, 1 leave, 1 crash: 3 totals exact, 1 lost; a join cost 14 + 14 key agreements and 3.1 kB to all members together'
    )
    expect(summaryLine(summarise([slot(0), slot(1, { exact: false })], []))).toBe(
      '2 slots, 0 joins, 0 leaves, 0 crashes: 1 total exact, 1 wrong, 0 lost'
    )
  })
})

describe('slots that were lost because the machine was busy', () => {
  const busy = slot(3, { result: 'none', exact: undefined, busy: true })
  const slots = [slot(0), recovered, busy, slot(4)]
  const result: ChurnResult = { ...RESULT, slots, summary: summarise(slots, CHANGES) }

  it('are lost by no expectation, and missing in none', () => {
    for (const expected of [{ lost: 0 }, { lost: [] }, { exact: 4 }, { exact: { atLeast: 4 } }, { recovered: [2, 3] }, { lost: [3] }])
      expect(checkExpectations(expected, result), JSON.stringify(expected)).toEqual([])
    expect(checkExpectations({ exact: 5 }, result)).toEqual(['exact totals: expected 5, got 3: 0, 2, 4'])
    expect(checkExpectations({ recovered: [3, 4] }, result)).toEqual(['recovered slots: expected just 3, 4, got 1: 2'])
  })

  it('are counted apart, in the line to quote too', () => {
    expect(result.summary).toMatchObject({ slots: 4, exact: 3, lost: 0, busy: 1 })
    expect(summaryLine(result.summary)).toContain('3 totals exact, 0 lost, 1 lost because the machine was busy')
    expect(summaryLine(RESULT.summary)).not.toContain('busy')
  })

  it('are no ground for a judgement where they are more than half', () => {
    const sentence = 'not judged: 2 of 3 slots lost because the machine was busy'
    expect(checkExpectations({ exact: true }, { ...RESULT, slots: [slot(0), busy, busy] })).toEqual([sentence])
    expect(checkExpectations({ exact: true }, { ...RESULT, slots: [slot(0), busy] })).toEqual([])
  })
})
