// Missing meters, churn, and the cost of a join, a leave and a crash.
import { describe, expect, it } from 'vitest'
import type { EvaluatedRun } from '../../src/record/run.ts'
import type { Simulated } from '../../src/run/simulated/contender.ts'
import { isMissing, scheduleMissing } from '../../src/run/simulated/missing-meters.ts'
import { simulatedRun } from '../../src/run/simulated-run.ts'
import { keyFor, orderFor } from '../support/orders.ts'

const run = (...order: Parameters<typeof orderFor>): Promise<EvaluatedRun> => simulatedRun(orderFor(...order), { keyFor })
const DROPOUT = 0.1
const SLOTS = 8
const MEMBERS = 12

/** Meters that are missing in a slot of the run, by the seed. */
function drawn(seed: string, slot: number): number[] {
  return Array.from({ length: MEMBERS }, (_, meter) => meter).filter(meter => isMissing(seed, DROPOUT, slot, meter))
}

/** A seed by which nobody is missing twice in a row, so that no contender takes anybody for absent. */
const SEED = Array.from({ length: 1000 }, (_, i) => `missing ${i}`).find(seed => {
  const slots = Array.from({ length: SLOTS }, (_, slot) => drawn(seed, slot))
  return slots.every((meters, slot) => meters.length < 4 && !meters.some(meter => slots[slot - 1]?.includes(meter)))
}) as string

describe('a missing meter', () => {
  it('is drawn at the rate of the dropout, anew for each slot', () => {
    let missing = 0
    for (let slot = 0; slot < 100; slot++) for (let meter = 0; meter < 100; meter++) missing += Number(isMissing('rate', 0.1, slot, meter))
    // Four standard deviations of 10,000 draws: 120.
    expect(Math.abs(missing - 1000)).toBeLessThan(120)
    expect(isMissing('rate', 0, 1, 1)).toBe(false)
  })

  it.each([true, false])('is started again only if it was missing by chance: %s', isUp => {
    const queue: (readonly [at: number, run: () => void])[] = []
    const done: string[] = []
    const simulated = {
      schedule: (at: number, run: () => void) => queue.push([at, run]),
      crash: (meter: number) => done.push(`crash ${meter}`) > 0 && isUp,
      restart: (meter: number) => done.push(`restart ${meter}`) > 0
    } as unknown as Simulated
    scheduleMissing(simulated, { seed: SEED, dropout: DROPOUT, meters: MEMBERS, first: 0, end: SLOTS })
    while (queue.length > 0)
      queue
        .sort(([a], [b]) => a - b)
        .shift()?.[1]()
    const expected = Array.from({ length: SLOTS }, (_, slot) => drawn(SEED, slot)).flat()
    expect(done.sort()).toEqual(expected.flatMap(meter => [`crash ${meter}`, ...(isUp ? [`restart ${meter}`] : [])]).sort())
  })

  it.each(['plain', 'dcnet', 'dcnet-double', 'vetter'])('is the same for all contenders, and %s does without it', async name => {
    const expected = Array.from({ length: SLOTS }, (_, slot) => drawn(SEED, slot).length)
    expect(Math.max(...expected)).toBeGreaterThan(0)
    const { slots, violations } = await run(name, { n: MEMBERS, dropout: DROPOUT }, { seed: SEED, slots: SLOTS, changes: true })
    expect(violations).toEqual([])
    expect(slots.map(({ missing }) => missing)).toEqual(expected)
    expect(slots.map(({ recovered }) => recovered)).toEqual(expected)
    expect(slots.map(({ submitted }) => submitted)).toEqual(expected.map(missing => MEMBERS - missing))
    expect(slots.every(({ exact, phase }) => exact && phase === 'steady')).toBe(true)
    // A recovery ends after the deadline; a scheme that leaves out who is missing has its total at it.
    if (name !== 'plain') expect(slots.map(({ late }) => late)).toEqual(expected.map(missing => missing > 0))
  })

  it.each(['shi', 'busom'])('costs the slot where %s has no answer', async name => {
    const { slots } = await run(name, { n: MEMBERS, dropout: DROPOUT }, { seed: SEED, slots: SLOTS })
    const expected = Array.from({ length: SLOTS }, (_, slot) => drawn(SEED, slot).length)
    expect(slots.map(({ outcome }) => outcome)).toEqual(expected.map(missing => (missing > 0 ? 'lost' : 'total')))
    expect(slots.map(({ missing }) => missing)).toEqual(expected)
    expect(slots.filter(({ exact }) => exact === false)).toEqual([])
  })
})

describe('changes', () => {
  const CHANGED = { slots: 3, changes: true } as const

  it.each([
    ['plain', 0],
    ['dcnet', 0],
    ['shi', 3]
  ] as const)('of %s are a join, a leave and a crash that costs %i slots', async (name, lost) => {
    const { slots, changes } = await run(name, { n: 8 }, CHANGED)
    const phases = ['steady', 'join', 'leave', 'crash'].flatMap(phase => [phase, phase, phase])
    expect(slots.map(({ phase }) => phase)).toEqual(phases)
    expect(changes.map(({ kind, lostSlots }) => [kind, lostSlots])).toEqual([
      ['join', 0],
      ['leave', 0],
      ['crash', lost]
    ])
    // A newcomer, then one less, then the one that the crash takes.
    expect([2, 5, 8].map(index => slots[index]?.members)).toEqual([8, 9, 8])
    for (const { messages, bytes } of changes) {
      expect(messages).toBeGreaterThan(0)
      expect(bytes).toBeGreaterThan(0)
    }
  })

  it('cost the newcomer of the DC-net and its neighbours an agreement a side', async () => {
    const { changes } = await run('dcnet', { n: 8 }, CHANGED)
    const join = changes[0]?.keyAgreements ?? 0
    expect(join).toBeGreaterThan(0)
    expect(join % 2).toBe(0)
  })

  it('are none where a scenario goes on throughout', async () => {
    const { slots, changes, violations } = await run('plain', { n: 10, churn: 'poisson' }, { ...CHANGED, slots: 6 })
    expect(violations).toEqual([])
    expect(changes).toEqual([])
    expect(new Set(slots.map(({ phase }) => phase))).toEqual(new Set(['churn']))
    expect(slots.every(({ exact }) => exact)).toBe(true)
  })
})
