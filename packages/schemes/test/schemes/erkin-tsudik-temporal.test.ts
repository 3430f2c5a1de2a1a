// The scheme of bills: periods, prices, absences within a period, newcomers.
import { InvalidArgumentError, type LaneVector, lanesFromIntegers, type MeterId, type Slot, signedLanes, slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import type { Lockstep } from '../../src/lockstep.ts'
import { sceneGroup } from '../../src/scene-group.ts'
import type { Outcome } from '../../src/scheme.ts'
import { erkinTsudikTemporal } from '../../src/schemes/erkin-tsudik-temporal.ts'
import { SHORT_KEYS } from '../support/keys.ts'
import { entered, readingsIn, shortened } from '../support/scene.ts'
import { FIRST_SLOT } from '../support/small-group.ts'

const prices = [21n, -4n, 18n]
const scheme = erkinTsudikTemporal({ ...SHORT_KEYS, prices })
const group = sceneGroup(3, 2)
const [meter, other, third] = group.members as [MeterId, MeterId, MeterId]
const aggregator = group.parties.aggregator as MeterId
const at = (i: number): Slot => slot(FIRST_SLOT + i)

function runSlot(lockstep: Lockstep, i: number, silent: readonly MeterId[] = []): Outcome | undefined {
  const gone = new Map(silent.map(id => [id, 1]))
  return lockstep.run({ phase: 'slot', slot: at(i), readings: readingsIn(group, at(i)), silent: gone }).outcome
}

/** Works out what meters owe for the three slots from slot i on. */
function bills(i: number, ...of: readonly MeterId[]): [MeterId, bigint[]][] {
  const lane = (id: MeterId, l: number): bigint =>
    prices.reduce((sum, price, k) => sum + price * (signedLanes(readingsIn(group, at(i + k)).get(id) as LaneVector)[l] as bigint), 0n)
  return of.map(id => [id, [lane(id, 0), lane(id, 1)]])
}

function told(outcome: Outcome | undefined): unknown {
  return outcome?.type === 'bills'
    ? { bills: [...outcome.bills].map(([id, lanes]) => [id, signedLanes(lanes)]), missing: outcome.missing }
    : outcome
}

it('starts where a period does', () => expect(FIRST_SLOT % prices.length).toBe(0))

it('has no outcome within a period, and at its end a bill for each meter, period after period', () => {
  const lockstep = entered(scheme, group)
  for (const i of [0, 3]) {
    expect([runSlot(lockstep, i), runSlot(lockstep, i + 1)]).toEqual([undefined, undefined])
    expect(told(runSlot(lockstep, i + 2))).toEqual({ bills: bills(i, ...group.members), missing: [] })
  }
})

it('says that it yields bills, and seals what makes them up', () => {
  const lockstep = entered(scheme, group)
  const { sent } = lockstep.run({ phase: 'slot', slot: at(0), readings: readingsIn(group, at(0)) })
  expect(scheme.facts.yields).toBe('bills')
  expect(sent.map(({ from, to, sealed }) => [from, to, sealed])).toEqual(group.members.map(id => [id, aggregator, true]))
})

describe.each([0, 1, 2])('of a meter that is silent in slot %i of the period', absent => {
  it.each([false, true])('there is no bill, and there is of the others and of the next period (opened all the same: %s)', trusting => {
    const lockstep = entered(erkinTsudikTemporal({ ...SHORT_KEYS, prices, trusting }), group)
    const outcomes = [0, 1, 2].map(i => runSlot(lockstep, i, i === absent ? [meter] : []))
    expect(told(outcomes[2])).toEqual({ bills: bills(0, other, third), missing: [meter] })
    const next = [3, 4, 5].map(i => runSlot(lockstep, i))
    expect(told(next[2])).toEqual({ bills: bills(3, ...group.members), missing: [] })
  })
})

it('gives no bill of readings beyond the largest, which would carry into the next lane', () => {
  const dear = erkinTsudikTemporal({ ...SHORT_KEYS, prices: [1n << 40n, 1n, 1n] })
  const lockstep = entered(dear, group)
  const readings = (value: bigint) => new Map(group.members.map((id, i) => [id, lanesFromIntegers([i === 0 ? value : 0n, 0n])]))
  const run = (i: number, value: bigint) => lockstep.run({ phase: 'slot', slot: at(i), readings: readings(value) }).outcome
  expect(told([run(0, 1n << 40n), run(1, 0n), run(2, 0n)][2])).toMatchObject({ missing: [meter] })
  const most = dear.facts.maxReading
  expect(told([run(3, -most), run(4, most), run(5, 0n)][2])).toMatchObject({
    bills: [
      [meter, [most - (most << 40n), 0n]],
      [other, [0n, 0n]],
      [third, [0n, 0n]]
    ]
  })
})

it('gives no bill to a meter of whose ciphertexts one cannot be read', () => {
  let second = false
  const lockstep = entered(
    scheme,
    group,
    shortened(meter, 1, () => second)
  )
  runSlot(lockstep, 0)
  second = true
  runSlot(lockstep, 1)
  second = false
  expect(told(runSlot(lockstep, 2))).toEqual({ bills: bills(0, other, third), missing: [meter] })
})

it('gives no bill to a meter that had no reading in a slot', () => {
  const lockstep = entered(scheme, group)
  runSlot(lockstep, 0)
  const readings = readingsIn(group, at(1))
  readings.delete(meter)
  lockstep.run({ phase: 'slot', slot: at(1), readings })
  expect(told(runSlot(lockstep, 2))).toEqual({ bills: bills(0, other, third), missing: [meter] })
})

it('never blinds by exponents of another period: a meter without the first slot waits for the next', () => {
  const lockstep = entered(scheme, group)
  for (const i of [0, 1, 2]) runSlot(lockstep, i)
  const readings = readingsIn(group, at(3))
  readings.delete(meter)
  lockstep.run({ phase: 'slot', slot: at(3), readings })
  const { sent } = lockstep.run({ phase: 'slot', slot: at(4), readings: readingsIn(group, at(4)) })
  expect(sent.map(({ from }) => from)).toEqual([other, third])
  expect(told(runSlot(lockstep, 5))).toEqual({ bills: bills(3, other, third), missing: [meter] })
})

it('forgets a period whose last slot never ran', () => {
  const lockstep = entered(scheme, group)
  for (const i of [0, 1]) runSlot(lockstep, i)
  expect(told([3, 4, 5].map(i => runSlot(lockstep, i))[2])).toEqual({ bills: bills(3, ...group.members), missing: [] })
})

it('bills a newcomer from the next period on, without a new setup', () => {
  const unreached = entered(scheme, group, ({ from, to, body }) => (from === aggregator && to === 'meters' ? [] : [{ to, body }]))
  runSlot(unreached, 0)
  unreached.run({ phase: 'join', slot: at(1) })
  const { sent } = unreached.run({ phase: 'slot', slot: at(1), readings: readingsIn(group, at(1)) })
  expect(sent).toEqual([])
  expect(told(runSlot(unreached, 2))).toEqual({ bills: [], missing: group.members })
  runSlot(unreached, 3)
  unreached.run({ phase: 'leave', slot: at(4) })
  runSlot(unreached, 4)
  expect(told(runSlot(unreached, 5))).toEqual({ bills: bills(3, ...group.members), missing: [] })
})

it('takes no key that cannot be read', () => {
  const lockstep = entered(
    scheme,
    group,
    shortened(aggregator, 1, () => true)
  )
  expect(told([0, 1, 2].map(i => runSlot(lockstep, i))[2])).toEqual({ bills: [], missing: group.members })
})

it('gives no bill where the setup ran anew within the period', () => {
  const lockstep = entered(scheme, group)
  runSlot(lockstep, 0)
  lockstep.run({ phase: 'setup', slot: at(1) })
  runSlot(lockstep, 1)
  expect(told(runSlot(lockstep, 2))).toEqual({ bills: [], missing: group.members })
})

it('takes from 2 to 255 prices, and says how large a reading may be', () => {
  for (const length of [0, 1, 256]) {
    expect(() => erkinTsudikTemporal({ prices: Array.from({ length }, () => 1n) })).toThrow(InvalidArgumentError)
  }
  const { maxReading } = erkinTsudikTemporal({ ...SHORT_KEYS, prices: [1n << 40n, -(1n << 40n)] }).facts
  expect(maxReading).toBe(((1n << 63n) - 1n) >> 41n)
  expect(erkinTsudikTemporal().facts.maxReading).toBe(1n << 47n)
})

it('bills the largest reading exactly', () => {
  const dear = erkinTsudikTemporal({ ...SHORT_KEYS, prices: [1n << 40n, 1n << 40n] })
  const lockstep = entered(dear, group)
  const readings = new Map(group.members.map(id => [id, lanesFromIntegers([dear.facts.maxReading, -dear.facts.maxReading])]))
  lockstep.run({ phase: 'slot', slot: at(0), readings })
  const { outcome } = lockstep.run({ phase: 'slot', slot: at(1), readings })
  const most = dear.facts.maxReading << 41n
  expect(told(outcome)).toEqual({ bills: group.members.map(id => [id, [most, -most]]), missing: [] })
})
