// The path by concentrator and PES under the churn of scenarios: exact totals or lost slots, never another number.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type JournalState, parseScenario, planScenario } from '@hushgrid/scenarios'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PesOptions } from '../../src/neighbourhood/pes-nodes.ts'
import { simulatePes } from '../../src/neighbourhood/run-pes.ts'
import { SimulatedPes } from '../../src/neighbourhood/simulated-pes.ts'
import { SHORT_KEYS } from '../support/pes-keys.ts'

const VARIANTS = ['reencrypt', 'direct'] as const
type Variant = (typeof VARIANTS)[number]

function made(variant: Variant, options: Partial<PesOptions> = {}): SimulatedPes {
  return new SimulatedPes(variant, facts(options))
}

const facts = (options: Partial<PesOptions> = {}): PesOptions => ({
  members: 8,
  seed: 'facts',
  signatures: 'stand-in',
  keys: SHORT_KEYS,
  ...options
})

/** Runs a scenario that ships with Hushgrid. */
function shipped(name: string, variant: Variant, most = 12) {
  const path = fileURLToPath(new URL(`../../../../topology/scenarios/${name}.yaml`, import.meta.url))
  const scenario = parseScenario(readFileSync(path, 'utf8'), `${name}.yaml`)
  const slots = Math.min(scenario.slots, most)
  return simulatePes(variant, facts({ members: scenario.members, seed: name }), { plan: planScenario(scenario), slots })
}

const shown = (simulated: SimulatedPes): string[] => simulated.result().slots.map(({ exact, result }) => (exact ? 'exact' : result))

describe.each(VARIANTS)('%s', variant => {
  it('has exact totals, leaves out who is missing and takes it back', () => {
    const simulated = made(variant)
    simulated.schedule(1.5, () => simulated.crash(3))
    simulated.schedule(4.5, () => simulated.restart(3, 'intact'))
    simulated.schedule(5.5, () => simulated.join(8))
    simulated.schedule(6.5, () => simulated.leave(2))
    simulated.runSlots(9)
    const { slots, changes, evidence, drops } = simulated.result()
    expect(simulated.violations).toEqual([])
    expect(shown(simulated)).toEqual(Array.from({ length: 9 }, () => 'exact'))
    expect(slots.map(({ missing }) => missing)).toEqual([[], [], [3], [3], [3], [], [], [], []])
    expect(slots.map(({ members }) => members)).toEqual([8, 8, 8, 8, 8, 8, 9, 8, 8])
    expect(changes.map(({ kind, meter, slot }) => [kind, meter, slot])).toEqual([
      ['crash', 3, 1],
      ['return', 3, 5],
      ['join', 8, 6],
      ['leave', 2, 7]
    ])
    // Setup and join, each with its answer; a leave has one of them.
    expect(changes.map(({ messages }) => messages)).toEqual([0, 4, 4, 2])
    expect(simulated.meter(2).up).toBe(false)
    expect([evidence, drops]).toEqual([[], { meters: {}, aggregator: {}, registrar: {} }])
  })
})

describe('a concentrator that is started again', () => {
  it('loses no slot where it is back before the deadline: meters send again what they have sent', () => {
    const simulated = made('reencrypt')
    // After the slot's end, with half of the readings on their way, and back a unit later.
    simulated.schedule(1.0001, () => simulated.crashRole('aggregator'))
    simulated.schedule(1.06, () => simulated.restartRole('aggregator'))
    simulated.runSlots(4)
    expect(shown(simulated)).toEqual(['exact', 'exact', 'exact', 'exact'])
    expect(simulated.result().slots[1]?.missing).toEqual([])
    expect(simulated.violations).toEqual([])
  })

  it('has no total of the slots that ended while it was away', () => {
    const simulated = made('reencrypt')
    simulated.schedule(0.9, () => simulated.crashRole('aggregator'))
    simulated.schedule(2.9, () => simulated.restartRole('aggregator'))
    simulated.runSlots(5)
    expect(shown(simulated)).toEqual(['exact', 'none', 'none', 'exact', 'exact'])
    // Members are in its journal, and need not join again.
    expect(simulated.result().changes).toEqual([])
  })

  it('gives no slot up that the supplier has', () => {
    const simulated = made('reencrypt')
    simulated.schedule(1.2, () => simulated.crashRole('aggregator'))
    simulated.schedule(1.22, () => simulated.restartRole('aggregator'))
    simulated.runSlots(4)
    expect(shown(simulated)).toEqual(['exact', 'exact', 'exact', 'exact'])
    // Meters send once more, and the PES does not open the slot again.
    expect(simulated.result().drops.aggregator).toEqual({ 'slot-over': 1 })
  })
})

describe.each(VARIANTS)('a PES that is started again, %s', variant => {
  it('goes on from its snapshot with the members that it knows', () => {
    const simulated = made(variant, { billing: { billingSlots: 4, minReadings: 2 } })
    simulated.schedule(0.9, () => simulated.crashParty('pes'))
    // The concentrator brings its batches until the slot is over.
    simulated.schedule(1.3, () => simulated.restartParty('pes'))
    simulated.schedule(2.5, () => simulated.crashParty('pes'))
    simulated.schedule(2.7, () => simulated.restartParty('pes'))
    simulated.runSlots(6)
    // It opens no slot that had ended before it started.
    expect(shown(simulated)).toEqual(['exact', 'lost', 'exact', 'exact', 'exact', 'exact'])
    expect(simulated.result().slots[1]).toMatchObject({ reason: 'Unanswered', total: null })
    expect(simulated.violations).toEqual([])
  })
})

describe('a supplier that is away', () => {
  it('gets what waited for it', () => {
    const simulated = made('reencrypt')
    simulated.schedule(0.9, () => simulated.crashParty('supplier'))
    simulated.schedule(1.5, () => simulated.restartParty('supplier'))
    simulated.runSlots(3)
    expect(shown(simulated)).toEqual(['exact', 'exact', 'exact'])
    // Half a slot late, and a unit more until the concentrator tries again.
    const late = (simulated.result().slots[1]?.sinceEnd ?? 0) / 900_000
    expect(late).toBeGreaterThan(0.5)
    expect(late).toBeLessThan(0.6)
  })
})

describe('a slot with fewer readings than may be aggregated', () => {
  it('is lost, and the PES gives no sum of it', () => {
    const simulated = made('reencrypt', { minMembers: 6 })
    simulated.schedule(0.5, () => simulated.partition([0, 1, 2]))
    simulated.schedule(2.5, () => simulated.heal())
    simulated.runSlots(5)
    const { slots } = simulated.result()
    expect(shown(simulated)).toEqual(['exact', 'lost', 'lost', 'exact', 'exact'])
    expect(slots[1]).toMatchObject({ reason: 'MembersMissing', missing: [0, 1, 2], named: [0, 1, 2], submitted: 8 })
  })
})

describe('sums of a household over its billing period', () => {
  it.each(VARIANTS)('are those of its readings, and one more is withheld where a meter has too few: %s', variant => {
    const simulated = made(variant, { billing: { billingSlots: 4, minReadings: 2 } })
    const readings: number[] = []
    const { supplier } = simulated.parties
    const { observe } = supplier
    supplier.observe = output => {
      observe?.(output)
      if (output.type === 'consumption') readings.push(output.readings)
    }
    simulated.schedule(0.5, () => simulated.crash(3))
    simulated.schedule(3.5, () => simulated.restart(3, 'intact'))
    // The first slot is the first of a period, and the fifth closes it.
    simulated.runSlots(5)
    expect(readings).toEqual([4, 4, 4, 4, 4, 4])
    // The record compares each with the readings.
    expect(simulated.violations).toEqual([])
  })
})

describe('crashes at a phase of a slot', () => {
  it('takes a reading that was sent, misses one that was not, and says which phase never came', () => {
    const { slots, withoutEffect } = simulatePes('reencrypt', facts(), {
      plan: [
        { at: 1, do: 'crash', meter: 1, phase: 'before-submitting' },
        { at: 2, do: 'crash', meter: 2, phase: 'after-submitting' },
        { at: 1, do: 'crash', meter: 3, phase: 'while-releasing' }
      ],
      slots: 4
    })
    expect(slots.map(({ missing }) => missing)).toEqual([[], [1], [1], [1, 2]])
    expect(slots.every(({ exact }) => exact)).toBe(true)
    expect(withoutEffect).toEqual([{ at: 1, operation: 'crash', about: 3, why: 'it was never while-releasing' }])
  })

  it('has no registrar to crash, and no attack of the DC-net', () => {
    const { withoutEffect, summary } = shipped('registrar-away', 'reencrypt')
    expect(withoutEffect.map(({ operation, why }) => [operation, why])).toEqual([
      ['registrar-crash', 'there is none'],
      ['registrar-restart', 'there is none']
    ])
    expect(summary).toMatchObject({ wrong: 0, lost: 0 })
  })
})

describe('the shipped scenarios', () => {
  it.each(['poisson', 'attrition', 'flapping-meter', 'partition-and-heal', 'clock-skew', 'aggregator-restart'])('%s', name => {
    const { slots, violations, evidence, summary } = shipped(name, 'reencrypt')
    expect([violations, evidence]).toEqual([[], []])
    expect(summary.wrong).toBe(0)
    expect(summary.exact).toBeGreaterThan(slots.length / 2)
  })

  it('cost the same again, message by message, for the same seed', () => {
    const [one, same] = [shipped('one-join', 'direct'), shipped('one-join', 'direct')]
    expect(same).toEqual(one)
    expect(one.traffic.get('meter')?.sent.messages).toBeGreaterThan(100)
  })
})

describe('whatever happens', () => {
  const meter = fc.nat({ max: 5 })
  const at = fc.double({ min: 0, max: 4.9, noNaN: true })
  const happening = fc.oneof(
    fc.record({
      at,
      what: fc.constant('meter' as const),
      meter,
      away: fc.double({ min: 0.01, max: 2, noNaN: true }),
      journal: fc.constantFrom('intact', 'lost', 'rolled-back')
    }),
    fc.record({
      at,
      what: fc.constantFrom('concentrator' as const, 'pes' as const, 'supplier' as const),
      away: fc.double({ min: 0.01, max: 2, noNaN: true })
    }),
    fc.record({ at, what: fc.constant('leave' as const), meter, away: fc.double({ min: 0.01, max: 2, noNaN: true }) }),
    fc.record({
      at,
      what: fc.constant('apart' as const),
      meters: fc.uniqueArray(meter, { minLength: 1, maxLength: 4 }),
      away: fc.double({ min: 0.01, max: 2, noNaN: true })
    })
  )

  it.each([
    ['reencrypt', 25],
    ['direct', 8]
  ] as const)('a slot is exact or has no total, and no sum of a household is wrong: %s', (variant, numRuns) => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 6 }), fc.integer(), (happenings, seed) => {
        const simulated = made(variant, { members: 6, minMembers: 3, seed: String(seed), billing: { billingSlots: 3, minReadings: 2 } })
        for (const each of happenings) {
          const [begin, end] = actionsOf(simulated, each)
          simulated.schedule(each.at, begin)
          simulated.schedule(each.at + each.away, end)
        }
        simulated.runSlots(6)
        expect(simulated.violations).toEqual([])
        expect(simulated.result().evidence).toEqual([])
        for (const { result, exact } of simulated.result().slots) if (result === 'total') expect(exact).toBe(true)
      }),
      { numRuns }
    )
  })

  function actionsOf(
    simulated: SimulatedPes,
    each: typeof happening extends fc.Arbitrary<infer Each> ? Each : never
  ): [() => void, () => void] {
    if (each.what === 'meter') return [() => simulated.crash(each.meter), () => simulated.restart(each.meter, each.journal as JournalState)]
    if (each.what === 'leave') return [() => simulated.leave(each.meter), () => simulated.join(each.meter)]
    if (each.what === 'apart') return [() => simulated.partition(each.meters), () => simulated.heal()]
    const { what } = each
    return [() => simulated.crashParty(what), () => simulated.restartParty(what)]
  }
})
