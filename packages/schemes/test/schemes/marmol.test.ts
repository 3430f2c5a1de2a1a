// The scheme of Mármol et al. beyond its known answers: refreshed keys, derived or sent, missing meters, bad bodies.
import { lanesFromIntegers, type MeterId, type Slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { Lockstep, type Sent } from '../../src/lockstep.ts'
import { sceneGroup } from '../../src/scene-group.ts'
import type { Group, Outgoing } from '../../src/scheme.ts'
import { marmol } from '../../src/schemes/marmol.ts'
import { FIRST_SLOT, SmallGroup, seededRngOf, shown } from '../support/small-group.ts'
import { changing, dropping, tampered } from '../support/tampered.ts'

const ROWS = [[310], [-87], [1450], [0], [233]]
const TOTAL = [1906n]
const at = (i: number): { at: Slot } => ({ at: (FIRST_SLOT + i) as Slot })

describe.each([false, true])('with numbers derived: %s', derive => {
  const scheme = marmol({ derive })

  it.each([2, 3, 5])('gives exact totals slot by slot among %i', meters => {
    const small = new SmallGroup(scheme, { meters })
    for (const i of [0, 1, 2]) {
      const { sent, outcome } = small.slot(ROWS.slice(0, meters), at(i))
      expect(shown(outcome, small.group)).toEqual([ROWS.slice(0, meters).reduce((sum, [value]) => sum + BigInt(value as number), 0n)])
      expect(sent).toHaveLength(scheme.facts.messages(meters))
    }
  })

  it('is lost where a meter or its reading is missing, and named', () => {
    const small = new SmallGroup(scheme, { meters: 5 })
    const last = derive ? 1 : 2
    expect(shown(small.slot(ROWS, { silent: new Map([[small.id(4), last]]) }).outcome, small.group)).toEqual(['missing', 4])
    const other = new SmallGroup(scheme, { meters: 5 })
    expect(shown(other.slot(ROWS.slice(0, 4)).outcome, other.group)).toEqual(derive ? ['missing', 4] : ['missing', 0, 4])
  })

  it('is whole in the next slot where only a message to the aggregator got lost', () => {
    const { of, tamper } = tampered(scheme, { meters: 5 })
    tamper(dropping(({ from, to }) => from === of.id(2) && to === of.group.parties.aggregator))
    expect(shown(of.slot(ROWS, at(0)).outcome, of.group)).toEqual(['missing', 2])
    tamper(message => [message])
    expect(shown(of.slot(ROWS, at(1)).outcome, of.group)).toEqual(TOTAL)
  })

  it('gives no total under the key sum of the setup before', () => {
    const small = new SmallGroup(scheme, { meters: 5 })
    const operator = small.group.parties.aggregator as MeterId
    small.again({ silent: new Map([[operator, 1]]) })
    expect(small.slot(ROWS).outcome?.type).toBe('lost')
  })

  it.each([1, 2, 3])('gives no wrong total where a body of round %i of the setup is cut', round => {
    for (const i of [0, 1, 2, 3, 4]) {
      const members = sceneGroup(5, 1).members
      let [cuts, over] = [0, false]
      const tamper = (message: Sent): readonly Outgoing[] => {
        if (over || message.from !== members[i] || message.round !== round) return [message]
        cuts++
        return [{ ...message, body: message.body.subarray(1) }]
      }
      const small = new SmallGroup(scheme, { meters: 5, tamper })
      over = true
      const { outcome } = small.slot(ROWS)
      const cut = cuts > 0
      expect(outcome?.type).toBe(cut ? 'lost' : 'total')
      if (!cut) expect(shown(outcome, small.group)).toEqual(TOTAL)
    }
  })

  it.each([1, 2])('is lost where a body of round %i of the slot is cut', round => {
    const { of, tamper } = tampered(scheme, { meters: 5 })
    tamper(changing(of.id(3), round, body => body.subarray(1)))
    const { outcome } = of.slot(ROWS)
    expect(shown(outcome, of.group)).toEqual(derive && round === 2 ? TOTAL : ['missing', round === 1 && !derive ? 4 : 3])
  })
})

describe('numbers that are sent', () => {
  it.each([1, 2, 4])('leave a meter that missed one silent, round by round, until a new setup (cut off: meter %i)', absent => {
    const group: Group = sceneGroup(5, 1)
    let tamper = (message: Sent): readonly Outgoing[] => [message]
    const lockstep = new Lockstep({
      scheme: marmol(),
      group,
      slot: FIRST_SLOT,
      rng: seededRngOf('again'),
      tamper: message => tamper(message)
    })
    const readings = new Map(group.members.map((id, i) => [id, lanesFromIntegers(ROWS[i] as number[])]))
    const run = (i: number): unknown => shown(lockstep.run({ phase: 'slot', readings, slot: (FIRST_SLOT + i) as Slot }).outcome, group)
    lockstep.run({ phase: 'setup', slot: FIRST_SLOT })
    expect(run(0)).toEqual(TOTAL)
    tamper = dropping(({ from, round }) => from === group.members[absent] && round === 1)
    expect(run(1)).toEqual(['missing', (absent + 1) % 5])
    tamper = message => [message]
    for (const i of [2, 3, 4, 5, 6, 7]) expect(run(i)).toContain('missing')
    lockstep.run({ phase: 'setup', slot: (FIRST_SLOT + 8) as Slot })
    expect(run(8)).toEqual(TOTAL)
  })

  it.each([1, 2])('never lead to a wrong total where a meter is away for a slot, from round %i on', round => {
    const small = new SmallGroup(marmol(), { meters: 3 })
    small.slot(ROWS, { silent: new Map([[small.id(0), round]]), ...at(0) })
    for (const i of [1, 2, 3, 4]) expect(small.slot(ROWS, at(i)).outcome?.type).toBe('lost')
  })

  it('never lead to a wrong total where some have no reading in a slot, and are in step where nobody has', () => {
    for (const some of [1, 2]) {
      const small = new SmallGroup(marmol(), { meters: 3 })
      small.slot(ROWS.slice(0, some), at(0))
      for (const i of [1, 2, 3]) expect(small.slot(ROWS.slice(0, 3), at(i)).outcome?.type).toBe('lost')
    }
    const small = new SmallGroup(marmol(), { meters: 3 })
    expect(small.slot([], at(0)).outcome?.type).toBe('lost')
    expect(shown(small.slot(ROWS.slice(0, 3), at(1)).outcome, small.group)).toEqual([1673n])
  })

  it('need the sum of the setup that was last', () => {
    const group: Group = sceneGroup(3, 1)
    let tamper = (message: Sent): readonly Outgoing[] => [message]
    const rng = seededRngOf('twice')
    const lockstep = new Lockstep({ scheme: marmol(), group, slot: FIRST_SLOT, rng, tamper: message => tamper(message) })
    lockstep.run({ phase: 'setup', slot: FIRST_SLOT })
    tamper = dropping(({ to }) => to === group.parties.aggregator)
    lockstep.run({ phase: 'setup', slot: (FIRST_SLOT + 1) as Slot })
    tamper = message => [message]
    const readings = new Map(group.members.map((id, i) => [id, lanesFromIntegers(ROWS[i] as number[])]))
    expect(lockstep.run({ phase: 'slot', readings, slot: (FIRST_SLOT + 1) as Slot }).outcome?.type).toBe('lost')
  })
})

it('changes the key from slot to slot even among two, where both neighbours are one meter', () => {
  const small = new SmallGroup(marmol({ derive: true }), { meters: 2 })
  const bodies = [0, 1].flatMap(i => small.slot([[7], [7]], at(i)).sent.map(({ body }) => Buffer.from(body).toString('hex')))
  expect(new Set(bodies).size).toBe(4)
})

it('is whole in the slot after a loss where numbers are derived', () => {
  const small = new SmallGroup(marmol({ derive: true }), { meters: 3 })
  expect(small.slot(ROWS, { silent: new Map([[small.id(0), 1]]), ...at(0) }).outcome?.type).toBe('lost')
  expect(shown(small.slot(ROWS, at(1)).outcome, small.group)).toEqual([1673n])
})

describe('the key aggregator', () => {
  /** Gives the place of the meter that tells the aggregator the sum. */
  const placeIn = (number: number, keyAggregator?: (group: Group) => MeterId): number => {
    const small = new SmallGroup(marmol(keyAggregator && { keyAggregator }), { meters: 5, epoch: number })
    const [sum] = small.setup.sent.filter(({ to }) => to === small.group.parties.aggregator)
    return small.group.members.indexOf((sum as Sent).from)
  }

  it('is drawn by the group, another in other epochs', () => {
    const drawn = Array.from({ length: 12 }, (_, i) => placeIn(i))
    expect(drawn).toEqual(Array.from({ length: 12 }, (_, i) => placeIn(i)))
    expect(new Set(drawn).size).toBeGreaterThan(2)
  })

  it('may be chosen', () => {
    expect(placeIn(0, ({ members }) => members[4] as MeterId)).toBe(4)
  })
})
