// A neighbourhood's day without messages: totals against sums made here, losses by the rules, and faults that are noticed.
import { DEFAULT_LANES, IMPORT_LANE, SeededRng, type Slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { type BulkDayConfig, bulkDay } from '../../src/bulk/bulk-day.ts'
import { drawMissing } from '../../src/bulk/bulk-draws.ts'

const FIRST = 1_973_664

function config(changes: Partial<BulkDayConfig> = {}): BulkDayConfig {
  return {
    members: 20,
    degree: 8,
    minMembers: 6,
    lanes: DEFAULT_LANES,
    slotSeconds: 900,
    firstSlot: FIRST as Slot,
    slots: 12,
    missing: 0,
    rng: new SeededRng('bulk'),
    readingAt: (member, at) => [100 * member + (at - FIRST), -member],
    ...changes
  }
}

describe('bulkDay', () => {
  it('with everybody there adds up every reading, and nothing is released', () => {
    const result = bulkDay(config())
    // 12 slots of 100 · (0 + … + 19) + 20 · i, and of −(0 + … + 19).
    expect(result).toEqual({
      exact: 12,
      wrong: 0,
      lostMembersMissing: 0,
      lostRefused: 0,
      readings: 240,
      missing: 0,
      recoveredMembers: 0,
      recoveredSlots: 0,
      releases: 0,
      totals: [12n * 19_000n + 20n * 66n, -12n * 190n]
    })
  })

  it('recovers slots with missing members: the totals are those of the others', () => {
    const slots = 100
    const rng = new SeededRng('bulk')
    const result = bulkDay(config({ slots, missing: 0.03, rng, readingAt: () => [1, 1000] }))
    expect(result.exact).toBe(slots)
    expect(result.recoveredMembers).toBe(result.missing)
    expect(result.missing).toBeGreaterThan(30)
    expect(result.readings + result.missing).toBe(20 * slots)
    // Each member has eight neighbours, some of them missing as well or shared between two that are.
    expect(result.releases).toBeGreaterThan(6 * result.missing)
    expect(result.releases).toBeLessThanOrEqual(8 * result.missing)
    expect(result.totals).toEqual([BigInt(result.readings), 1000n * BigInt(result.readings)])
  })

  it('goes on over the end of a batch of masks, with one lane and with the complete graph', () => {
    const result = bulkDay(config({ slots: 200, degree: 20, missing: 0.05, lanes: [IMPORT_LANE], readingAt: (_, at) => [at % 11_000] }))
    expect({ exact: result.exact, wrong: result.wrong }).toEqual({ exact: 200, wrong: 0 })
  })

  it('loses a slot where meters have too few neighbours left, and where too few members are left', () => {
    const refused = bulkDay(config({ slots: 96, missing: 0.4 }))
    expect(refused.wrong).toBe(0)
    expect(refused.lostRefused).toBeGreaterThan(20)
    expect(refused.exact + refused.lostRefused + refused.lostMembersMissing).toBe(96)
    expect(refused.recoveredSlots).toBe(refused.exact)
    const few = bulkDay(config({ slots: 96, missing: 0.9 }))
    expect({ wrong: few.wrong, exact: few.exact }).toEqual({ wrong: 0, exact: 0 })
    expect(few.lostMembersMissing).toBeGreaterThan(80)
  })

  it('loses a slot exactly when fewer than f = ceil(d/2) neighbours are left', () => {
    // Complete graph of ten: d = 9, f = 5, so that each who is there has 9 − m neighbours left.
    const seen = new Set<number>()
    for (let seed = 0; seed < 120; seed++) {
      const rng = new SeededRng(`threshold ${seed}`)
      const result = bulkDay(config({ members: 10, degree: 10, minMembers: 2, slots: 1, missing: 0.42, rng }))
      seen.add(result.missing)
      const tooFew = 10 - result.missing < 2
      const refused = !tooFew && 9 - result.missing < 5
      expect([result.missing, result.lostMembersMissing, result.lostRefused, result.exact]).toEqual([
        result.missing,
        Number(tooFew),
        Number(refused),
        Number(!tooFew && !refused)
      ])
    }
    expect([...seen]).toEqual(expect.arrayContaining([3, 4, 5, 6]))
  })

  it('notices one bit of one mask, with and without missing members', () => {
    const damage: BulkDayConfig['damage'] = (mask, member, at) => {
      if (member === 3 && at === FIRST + 5) mask[1] = (mask[1] as bigint) ^ 1n
    }
    const calm = bulkDay(config({ damage }))
    expect({ wrong: calm.wrong, exact: calm.exact }).toEqual({ wrong: 1, exact: 11 })
    // The highest bit makes a total that no readings could have: implausible, and counted as wrong.
    const highest: BulkDayConfig['damage'] = (mask, member) => {
      if (member === 3) mask[0] = (mask[0] as bigint) ^ (1n << 63n)
    }
    const all = bulkDay(config({ damage: highest, slots: 96, missing: 0.02 }))
    expect(all.wrong).toBeGreaterThan(80)
    expect(all.wrong + all.exact).toBe(96)
  })

  it('is the same for the same seed, and another for another', () => {
    const run = (seed: string) => bulkDay(config({ rng: new SeededRng(seed), slots: 96, missing: 0.05 }))
    expect(run('a')).toEqual(run('a'))
    expect(run('a').missing).not.toBe(run('b').missing)
  })

  it('names the part that the work goes into', () => {
    const parts: string[] = []
    bulkDay(config({ members: 6, degree: 4, enter: part => parts.push(part) }))
    const member = ['masks', 'sum']
    expect(parts).toEqual([
      'keys',
      'check',
      'readings',
      ...member,
      ...member,
      ...member,
      ...member,
      ...member,
      ...member,
      'recovery',
      'check'
    ])
  })

  it.each([
    [{ slots: 0 }, /^slots: expected a whole number from 1, got 0$/],
    [{ missing: 1 }, /^missing: expected a fraction from 0 to below 1, got 1$/],
    [{ members: 5 }, /^members: expected a whole number from minMembers \(6\), got 5$/],
    [{ readingAt: () => [1] }, /^reading: expected 2 lanes, got 1$/],
    [{ readingAt: () => [0.5, 0] }, /^reading of lane 0: expected an integer within/]
  ])('refuses %j', (changes, message) => {
    expect(() => bulkDay(config(changes))).toThrow(message)
  })
})

describe('drawMissing', () => {
  it('has each member missing by the chance that was asked for, each slot apart and in order', () => {
    const slots = drawMissing(new SeededRng('missing'), 50, 4000, 0.02)
    const count = slots.reduce((sum, missing) => sum + missing.length, 0)
    // 4000 expected, with a deviation of 63.
    expect(Math.abs(count - 4000)).toBeLessThan(4 * 63)
    for (const missing of slots) expect(missing).toEqual([...new Set(missing)].sort((a, b) => a - b))
    const of = new Array<number>(50).fill(0)
    for (const member of slots.flat()) of[member] = (of[member] as number) + 1
    // 80 expected of each, with a deviation of 8.9.
    expect(Math.min(...of)).toBeGreaterThan(40)
    expect(Math.max(...of)).toBeLessThan(120)
    // Empty slots: 0.98^50 of them, 36.4 %.
    expect(slots.filter(missing => missing.length === 0).length / 4000).toBeCloseTo(0.98 ** 50, 1)
  })

  it('has nobody missing at chance 0', () => {
    expect(drawMissing(new SeededRng('missing'), 50, 3, 0)).toEqual([[], [], []])
  })
})
