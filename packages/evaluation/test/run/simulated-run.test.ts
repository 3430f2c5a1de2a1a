// Runs in virtual time of every contender: exact totals, costs by one rule, and the same again for a seed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SCHEMES, type SchemeName } from '@hushgrid/schemes'
import { SimulatedNeighbourhood } from '@hushgrid/simulator'
import { describe, expect, it } from 'vitest'
import type { EvaluatedCost, EvaluatedRun, EvaluatedSlot } from '../../src/record/run.ts'
import { CpuAccount } from '../../src/run/simulated/cpu-account.ts'
import { SIMULATED_NAMES } from '../../src/run/simulated/registered.ts'
import { settingOf } from '../../src/run/simulated/setting.ts'
import { simulatedRun } from '../../src/run/simulated-run.ts'
import { keyFor, orderFor } from '../support/orders.ts'

const run = (...order: Parameters<typeof orderFor>): Promise<EvaluatedRun> => simulatedRun(orderFor(...order), { keyFor })

function sum({ roles }: Pick<EvaluatedSlot, 'roles'>, field: keyof Omit<EvaluatedCost, 'sentWire' | 'receivedWire' | 'work'>): number {
  return Object.values(roles).reduce((total, cost) => total + cost[field], 0)
}

/** Runs without what depends on the clock. */
function timeless({ started, ended, disturbed, disturbance, ...run }: EvaluatedRun): unknown {
  return JSON.parse(JSON.stringify(run, (key, value) => (key === 'cpuMs' ? undefined : value)))
}

describe('every contender', () => {
  it.each(SIMULATED_NAMES)('%s has exact totals unless they are noisy on purpose, and what is sent is received', async name => {
    const { slots, parties, setup, violations, storage } = await run(name, {}, { slots: 1 })
    expect(violations).toEqual([])
    expect(parties.meter).toBe(6)
    expect(setup.ms).toBeGreaterThan(0)
    expect(sum(setup, 'cpuMs')).toBeGreaterThan(0)
    expect(storage.meter?.monthBytes).toBeGreaterThanOrEqual(storage.meter?.dayBytes ?? Number.POSITIVE_INFINITY)
    for (const slot of slots) {
      expect(slot).toMatchObject({
        phase: 'steady',
        submitted: 6,
        missing: 0,
        outcome: 'total',
        exact: name === 'shi-noise' ? null : true,
        late: false
      })
      expect(slot.roles.meter?.cpuMs).toBeGreaterThan(0)
      expect(sum(slot, 'sentMessages')).toBe(sum(slot, 'receivedMessages'))
      expect(sum(slot, 'sentBytes')).toBe(sum(slot, 'receivedBytes'))
    }
    if (name in SCHEMES) expect(slots[0]?.rounds).toBe(SCHEMES[name as SchemeName]().facts.rounds)
  })

  it('has the same readings as all others of its repeat', async () => {
    const { facts } = await settingOf(orderFor('plain'), 2, new CpuAccount())
    const { facts: others } = await settingOf(orderFor('dcnet'), 2, new CpuAccount())
    const { facts: later } = await settingOf(orderFor('dcnet', {}, { seed: 'another' }), 2, new CpuAccount())
    const readings = ({ readings, firstSlot = 0 }: typeof facts) =>
      [0, 1, 2, 3, 4, 5].map(meter => readings?.(meter, firstSlot as never)?.join())
    expect(readings(others)).toEqual(readings(facts))
    expect(readings(later)).not.toEqual(readings(facts))
  })

  it('is refused a recording of too few households', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hushgrid-households-'))
    try {
      const data = join(folder, 'six.csv')
      const row = (hour: number): string => `2024-01-08T0${hour}:00Z,1,2,3,4,5,6`
      writeFileSync(data, ['slot_start_utc,a,b,c,d,e,f', ...[0, 1, 2, 3, 4].map(row), ''].join('\n'))
      const order = orderFor('plain', { lanes: 1 }, { data, slotSeconds: 3600, lanes: ['1-0:1.29.0'] })
      await expect(simulatedRun(order)).rejects.toThrow(
        /expected readings of 7 households, of which 1 joins later, got those of 6 in six\.csv/
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('messages and bytes', () => {
  // Schemes without broadcasts in a slot, which facts count once and a network once for each receiver.
  it.each([
    'plain',
    'ttp',
    'garcia-jacobs',
    'klenze',
    'erkin-tsudik-spatial',
    'dimitriou-awad-symmetric',
    'shi',
    'marmol',
    'vetter'
  ] as const)('of a steady slot are as many as the facts of %s say', async name => {
    const { slots } = await run(name, { n: 7 }, { slots: 1 })
    for (const slot of slots) expect(sum(slot, 'sentMessages')).toBe(SCHEMES[name]().facts.messages(7))
  })

  it('of a broadcast count once for each receiver', async () => {
    // Two messages a meter, and the aggregator's one to all.
    const { slots } = await run('busom')
    expect(sum(slots[0] as EvaluatedSlot, 'sentMessages')).toBe(3 * 6)
    expect(slots[0]?.roles.aggregator?.sentMessages).toBe(6)
  })

  it.each(['dcnet', 'dcnet-double'] as const)('of %s come to what the simulator reports of the same run', async name => {
    const order = orderFor(name, {}, { slots: 4 })
    const { setup, slots } = await simulatedRun(order)
    const { facts } = await settingOf(order, 4, new CpuAccount())
    const simulated = new SimulatedNeighbourhood({ ...facts, recovery: name === 'dcnet' ? 'edge-release' : 'double-mask' })
    simulated.runSlots(4)
    const { messages, bytes } = simulated.result()
    const all = [setup, ...slots]
    expect(all.reduce((total, each) => total + sum(each, 'sentMessages'), 0)).toBe(messages)
    expect(all.reduce((total, each) => total + sum(each, 'sentBytes'), 0)).toBe(bytes)
  })

  it('of the DC-net are a submission to aggregator and registrar, and the result to all', async () => {
    const { slots } = await run('dcnet')
    expect(slots[0]?.roles.meter).toMatchObject({ sentMessages: 2 * 6, receivedMessages: 6 })
    expect(slots[0]?.roles.aggregator).toMatchObject({ sentMessages: 7, receivedMessages: 6 })
  })

  it('are those of operations too, where they are counted', async () => {
    const { slots, setup } = await run('garcia-jacobs')
    expect(slots[0]?.roles.meter?.work).toMatchObject({ modexp: 6 * 5, 'paillier-decrypt': 6, signature: 12, verification: 6 })
    expect(setup.roles.meter?.work).toMatchObject({ 'paillier-keygen': 6 })
  })
})

describe('a run', () => {
  it.each(['dcnet', 'garcia-jacobs', 'vetter'])('of %s is the same again for the same seed, but for times', async name => {
    const [first, again, other] = [
      await run(name, { loss: 0.05 }, { changes: true }),
      await run(name, { loss: 0.05 }, { changes: true }),
      await run(name, { loss: 0.05 }, { changes: true, seed: 'another' })
    ]
    expect(timeless(again)).toEqual(timeless(first))
    expect(timeless(other)).not.toEqual(timeless(first))
  })

  it('leaves the slots that warm up out, and numbers the others from 0', async () => {
    const { slots } = await run('plain', {}, { warmUpSlots: 3 })
    expect(slots.map(({ index }) => index)).toEqual([0, 1])
  })

  it('says what it cannot run', async () => {
    await expect(run('pes')).rejects.toThrow('simulated contender: expected one of dcnet, dcnet-double, pes-reencrypt, pes-direct, plain,')
    await expect(run('plain', { delayMs: 0.5 })).rejects.toThrow('delayMs: expected whole milliseconds from 0 to 30000, got 0.5')
    await expect(run('plain', { loss: 2 })).rejects.toThrow('loss: expected a rate from 0 to 1, got 2')
    await expect(run('plain', { churn: 'clock-skew' })).rejects.toThrow('churn clock-skew: expected join, leave, crash, restart')
  })
})
