import type { LabMeter, LabSlot, LabState } from '@hushgrid/web-api'

export const IMPORT = '1-0:1.29.0'

export function meter(household: number, state: LabMeter['state'] = 'in'): LabMeter {
  return { household, id: household.toString(16).padStart(64, '0'), state }
}

export function slotRow(slot: number, over: Partial<LabSlot> = {}): LabSlot {
  return {
    slot,
    start: new Date(Date.UTC(2025, 2, 24) + slot * 900_000).toISOString(),
    epoch: 0,
    members: 3,
    submitted: 3,
    missing: [],
    recovered: 0,
    releases: 0,
    refused: [],
    lost: false,
    exact: true,
    total: { [IMPORT]: '600' },
    withheld: {},
    expected: { [IMPORT]: '600' },
    sinceEndMs: 50,
    cpuMs: 10,
    bytes: 1000,
    ...over
  }
}

/** Three meters that have formed a neighbourhood and wait for their first slot. */
export function labState(over: Partial<LabState> = {}): LabState {
  return {
    csrf: 'token',
    network: 'three',
    contender: { name: 'dcnet', label: 'DC-net', masks: true, collector: 'aggregator', forms: ['masked'], sight: [], path: [] },
    contenders: [],
    recovery: 'edge-release',
    phase: 'running',
    slotSeconds: 900,
    slotMs: 1000,
    lanes: [IMPORT],
    epoch: 0,
    degree: 2,
    meters: [meter(0), meter(1), meter(2)],
    edges: [
      [0, 1],
      [1, 2],
      [0, 2]
    ],
    spare: [3],
    aggregatorUp: true,
    slots: [],
    counters: { slots: 0, exact: 0, recovered: 0, lost: 0, bytes: 0, cpuMs: 0, keyAgreements: 6 },
    log: [],
    ...over
  }
}
