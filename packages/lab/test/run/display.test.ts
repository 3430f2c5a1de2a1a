// Lines of a run in 80 columns, with a few meters and with ten thousand, and no number broken.
import { EXPORT_LANE, IMPORT_LANE } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { SLOT_HEADER, slotText } from '../../src/churn/churn-display.ts'
import { contenderFor } from '../../src/contender/contenders.ts'
import type { LabEvent, SlotRow } from '../../src/neighbourhood/events.ts'
import { slotHeader, slotLine, textDisplay } from '../../src/run/display.ts'

const row: SlotRow = {
  slot: 1508000,
  start: '2013-02-04T00:30:00.000Z',
  epoch: 1,
  members: 50,
  entries: 50,
  submitted: 49,
  missing: 1,
  missingMeters: [7],
  recovered: 1,
  releases: 1,
  refused: [],
  disputed: [],
  lost: false,
  busy: false,
  named: [],
  exact: true,
  total: { [IMPORT_LANE]: '12345', [EXPORT_LANE]: '0' },
  withheld: {},
  expected: { [IMPORT_LANE]: '12345', [EXPORT_LANE]: '0' },
  latencyMs: -20,
  sinceEndMs: 12,
  slotMs: 1000,
  lagMs: 3,
  protocolMs: 7200,
  units: 0.13,
  rounds: 2,
  cpuMs: 80,
  bytes: 123_456,
  verifiedBy: 49
}
const large: SlotRow = {
  ...row,
  members: 10_000,
  submitted: 10_000,
  total: { [IMPORT_LANE]: '123456789', [EXPORT_LANE]: '-987654321098' },
  sinceEndMs: 123_456,
  cpuMs: 1_234_567,
  bytes: 9_999_999_999
}

/** What a person sees of events, and what of warnings, without a terminal. */
function shown(events: readonly LabEvent[]): string[] {
  let out = ''
  const write = (text: string): void => {
    out += text
  }
  const contender = contenderFor({ mode: 'dcnet' })
  const display = textDisplay({ write, writeWarning: write, terminal: false, contender })
  for (const event of events) display.show(event)
  display.close()
  return out.split('\n')
}

describe('the line of a slot', () => {
  it('has its columns below those of the head', () => {
    expect([slotHeader(row), slotLine(row)]).toEqual([
      'slot (UTC)       members import kWh export kWh exact after end      CPU    bytes',
      '2013-02-04 00:30   49/50     12.345      0.000   yes    +12 ms    80 ms 123.5 kB'
    ])
  })

  it('has no column for a lane that the network does not have', () => {
    const imports = { ...row, total: { [IMPORT_LANE]: '12345' }, expected: { [IMPORT_LANE]: '12345' } }
    expect([slotHeader(imports), slotLine(imports)]).toEqual([
      'slot (UTC)       members import kWh exact after end      CPU    bytes',
      '2013-02-04 00:30   49/50     12.345   yes    +12 ms    80 ms 123.5 kB'
    ])
  })

  it('has 80 columns with ten thousand meters, large sums, long times and many bytes', () => {
    expect([slotHeader(large), slotLine(large)]).toEqual([
      'slot (UTC)      members import kWh export kWh exact after end      CPU    bytes',
      '02-04 00:30 10000/10000   123456.8 -987654321   yes    +123 s   1235 s 10000 MB'
    ])
    for (const bytes of [0, 9_999, 10_000, 999_949, 999_950, 9_999_999, 10_000_000, 9_999_999_999, 1e12])
      for (const members of [3, 999, 1000, 10_000])
        expect(slotLine({ ...large, members, submitted: members, bytes }).length).toBeLessThanOrEqual(80)
  })
})

it('everything that a person is told of a run fits into 80 columns', () => {
  const summary = {
    slots: 1,
    exact: 1,
    lost: 0,
    busy: 2,
    members: 10_000,
    degree: 250,
    medianCpuMs: 1_234_567,
    bytesPerSlot: 123_456_789_012,
    medianLatencyMs: -123_456,
    medianProtocolMs: 1_234_567,
    medianUnits: 3.21,
    medianRounds: 1,
    keyAgreements: 2_500_000,
    rssBytes: 123e9
  } as Extract<LabEvent, { type: 'summary' }>['summary']
  const load: Extract<LabEvent, { type: 'summary' }>['load'] = {
    average: { start: 6.1, end: 7 },
    cores: { all: 2, own: 0.3, others: 1.7 },
    lagMs: { median: 312.4, worst: 1234.5 },
    verdict: 'busy machine',
    reason: '2 slots lost for it, other programs used 1.7 of 2 cores'
  }
  const withheld = { [EXPORT_LANE]: { able: 3, of: 10_000, needed: 6 } }
  const lines = shown([
    {
      type: 'roster',
      epoch: 1,
      members: 10_000,
      degree: 250,
      neighbours: 250,
      why: 'the smallest even degree that meets every condition'
    } as LabEvent,
    { type: 'slot', row: { ...large, withheld, reason: 'members-missing', named: [1, 2, 3, 4, 5, 6, 7, 8, 9].map(each => 1000 * each) } },
    { type: 'note', text: `readings: ${'a rather long note '.repeat(8)}` },
    { type: 'slot', row: { ...large, lost: true, busy: true, exact: false, total: null, lagMs: 1234.5, reason: 'Unanswered', named: [1] } },
    { type: 'summary', summary, load, report: 'runs/2026-11-30T154500-neighbourhood-10000', mode: 'dcnet' } as LabEvent
  ])
  expect(lines.filter(line => line.length > 80)).toEqual([])
  const prose = lines.join(' ').replaceAll(/\s+/g, ' ')
  expect(prose).toContain('1 slot, 10000 members, degree 250: 1 total exact, 0 lost, 2 lost because the machine was busy')
  expect(prose).toContain('Unanswered (meter 1): the machine was busy, its event loop up to 1235 ms late')
  expect(prose).toContain('busy machine: 2 slots lost for it, other programs used 1.7 of 2 cores; lag 312 ms in a usual slot,')
  expect(lines.join('\n')).toContain('recovered by 1 release\n')
  expect(lines.join('\n')).toContain('by the protocol’s clock: total 1235 s (3.2 u) after the slot’s end, 1 round\n')
})

it('lines of a simulated run fit too, with what was not as usual below', () => {
  const lines = slotText({
    slot: 100_000,
    epoch: 12_345,
    members: 10_000,
    present: 10_000,
    submitted: 10_000,
    missing: [1, 2, 3, 4, 5, 6, 7].map(each => 1000 * each),
    recovered: true,
    refused: [{ by: 1, reason: 'too-many-missing' }],
    disputed: [8000, 9000],
    releases: 123_456,
    result: 'total',
    named: [],
    exact: true,
    total: {},
    withheld: {},
    expected: {},
    rounds: 2,
    latency: -123_456,
    sinceEnd: 101_544,
    heard: 10_000
  }).split('\n')
  expect([SLOT_HEADER, ...lines].filter(line => line.length > 80)).toEqual([])
  expect(lines).toEqual([
    '100000   12345 10000/10000         7    123456     yes       -123 s',
    '  recovered without meters 1000, 2000, 3000, 4000, 5000, 6000 and 1 more',
    '  1 refused: too-many-missing',
    '  disputed by meters 8000, 9000'
  ])
})
