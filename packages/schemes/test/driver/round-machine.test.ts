// Parties as machines: the same totals as in lockstep, and what comes of lost messages.
import {
  type LaneVector,
  lanesFromIntegers,
  lanesToBytes,
  type MeterId,
  SeededRng,
  signedLanes,
  utf8,
  zeroLanes
} from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Lockstep } from '../../src/lockstep.ts'
import { type Made, role, type Scheme, type Turn } from '../../src/scheme.ts'
import { garciaJacobs } from '../../src/schemes/garcia-jacobs.ts'
import { kursaweLowOverhead } from '../../src/schemes/kursawe-low-overhead.ts'
import { plain } from '../../src/schemes/plain.ts'
import { shi } from '../../src/schemes/shi.ts'
import { ttp } from '../../src/schemes/ttp.ts'
import { at, forged, formed, HUGE, outcomes, readingsOf, sumOf, times } from '../support/driven.ts'
import { keyFor } from '../support/keys.ts'
import { FIRST, nextEpoch, VirtualParties } from '../support/virtual-parties.ts'

describe('a scheme’s round machine', () => {
  it.each<[string, () => Scheme, number]>([
    ['plain', plain, 6],
    ['ttp', ttp, 6],
    ['shi', () => shi({ maxReading: 2000n }), 6],
    ['kursawe-low-overhead', kursaweLowOverhead, 6],
    ['garcia-jacobs', () => garciaJacobs({ keyFor }), 3]
  ])('has the totals of lockstep: %s', (_, scheme, meters) => {
    const parties = formed(scheme, meters)
    const rng = new SeededRng('lockstep')
    const lockstep = new Lockstep({ scheme: scheme(), group: parties.group, slot: FIRST, rng: () => rng })
    lockstep.run({ phase: 'setup', slot: FIRST })
    const expected = [0, 1].map(index => {
      const readings = readingsOf(parties, index)
      parties.runSlot(at(index), readings)
      return lockstep.run({ phase: 'slot', slot: at(index), readings }).outcome
    })
    expect(outcomes(parties)).toEqual(expected)
    const totals = outcomes(parties).map(outcome => outcome.type === 'total' && signedLanes(outcome.lanes))
    expect(totals).toEqual([0, 1].map(index => signedLanes(sumOf(readingsOf(parties, index).values()))))
    expect(parties.drops()).toEqual([])
    expect(parties.of('formed')).toHaveLength(parties.parties.size)
  })

  it('has the total as soon as all is there, and not before the slot’s end', () => {
    const parties = formed()
    parties.runSlot(FIRST, readingsOf(parties))
    const [outcome] = parties.outputs.filter(({ output }) => output.type === 'outcome')
    expect(outcome?.at).toBe(times(0).end + 50)
  })

  it('waits for the missing until they are due, and leaves out who comes later', () => {
    const parties = formed()
    const [late, ...others] = parties.group.members as [MeterId, ...MeterId[]]
    const readings = readingsOf(parties)
    const message = forged(parties, late)
    parties.push(parties.aggregator, { type: 'message', from: late, bytes: message }, times(0).deadline + 1 - parties.now)
    parties.runSlot(FIRST, new Map([...readings].filter(([id]) => id !== late)))
    const [outcome] = parties.outputs.filter(({ output }) => output.type === 'outcome')
    expect(outcome?.at).toBe(times(0).deadline)
    expect(outcomes(parties)).toMatchObject([{ type: 'total', contributors: others }])
    expect(parties.drops()).toEqual(['slot-over'])
  })

  it('takes no reading of which a sum would wrap', () => {
    const parties = formed(kursaweLowOverhead)
    const [huge] = parties.group.members as [MeterId]
    parties.runSlot(FIRST, new Map([...readingsOf(parties)].map(([id, reading]) => [id, id === huge ? HUGE : reading])))
    expect(outcomes(parties)).toEqual([{ type: 'lost', reason: 'missing', members: [huge] }])
    expect(parties.drops()).toEqual(['implausible'])
  })

  it('loses a slot of masks where one is silent, and gives no other number', () => {
    const parties = formed(kursaweLowOverhead)
    const [silent] = parties.group.members as [MeterId]
    parties.intercept = copy => (copy.from === silent ? [] : [copy])
    parties.runSlot(FIRST, readingsOf(parties))
    expect(outcomes(parties)).toEqual([{ type: 'lost', reason: 'missing', members: [silent] }])
  })

  it('uses no group of which somebody was missing in the setup', () => {
    const parties = new VirtualParties({ scheme: kursaweLowOverhead, meters: 4 })
    const [silent, deaf] = parties.group.members as [MeterId, MeterId]
    // One pair has no key of its own; two masks would stay in the sum.
    parties.intercept = copy => (copy.from === silent && copy.to === deaf && copy.phase === 'setup' ? [] : [copy])
    parties.announce()
    parties.runUntil(times(0).end - 1)
    parties.runSlot(FIRST, readingsOf(parties))
    expect(parties.of('unformed')).toEqual([{ type: 'unformed', epoch: 0, missing: [silent] }])
    expect(outcomes(parties)).toEqual([{ type: 'lost', reason: 'missing', members: [deaf] }])
  })

  it('says once that a slot is lost where the aggregator has not formed the group', () => {
    const parties = new VirtualParties({ scheme: shi, meters: 3 })
    parties.intercept = copy => (copy.to === parties.aggregator && copy.phase === 'setup' ? [] : [copy])
    parties.announce()
    parties.runUntil(times(0).end - 1)
    parties.runSlot(FIRST, readingsOf(parties))
    expect(outcomes(parties)).toEqual([{ type: 'lost', reason: 'missing', members: [parties.group.parties.dealer] }])
  })

  it('keeps what comes before the group is announced', () => {
    const parties = new VirtualParties({ scheme: kursaweLowOverhead, meters: 3 })
    const [last] = parties.group.members as [MeterId]
    const bytes = parties.announcement()
    for (const to of parties.parties.keys())
      parties.push(to, { type: 'group', from: parties.registrar.id, bytes }, to === last ? 60_000 : 10)
    parties.runUntil(times(0).end - 1)
    parties.runSlot(FIRST, readingsOf(parties))
    expect(outcomes(parties)).toMatchObject([{ type: 'total' }])
  })

  it('names a sender whose body cannot be read as malformed', () => {
    const parties = formed(kursaweLowOverhead)
    const [bad] = parties.group.members as [MeterId]
    parties.intercept = copy => [copy.from === bad ? { ...copy, bytes: forged(parties, bad, { body: new Uint8Array(15) }) } : copy]
    parties.runSlot(FIRST, readingsOf(parties))
    expect(outcomes(parties)).toEqual([{ type: 'lost', reason: 'malformed', members: [bad] }])
    expect(parties.of('dropped')).toMatchObject([{ reason: 'wrong-shape', from: bad }])
  })

  it('changes a group by a new setup, while the slot before is under way', () => {
    const parties = formed(shi.bind(undefined, { maxReading: 2000n }))
    const newcomer = parties.add('meter')
    const [gone, ...rest] = parties.group.members as [MeterId, ...MeterId[]]
    parties.read(FIRST, readingsOf(parties))
    parties.runUntil(times(0).end + 10)
    parties.announce(nextEpoch(parties.group, [...rest, newcomer]), at(1))
    parties.runUntil(times(1).end - 1)
    const readings = new Map([gone, ...rest, newcomer].map((id, i) => [id, lanesFromIntegers([i + 1, 0])]))
    parties.runSlot(at(1), readings)
    expect(outcomes(parties)).toMatchObject([{ type: 'total' }, { type: 'total', contributors: [...rest, newcomer].sort() }])
    expect(outcomes(parties)[1]).toMatchObject({ lanes: lanesFromIntegers([2 + 3 + 4 + 5, 0]) })
  })

  it('counts messages, bytes, signatures and work by role', () => {
    const parties = formed(kursaweLowOverhead, 4)
    parties.runSlot(FIRST, readingsOf(parties))
    const slot = parties.costs.total(({ phase }) => phase === 'slot')
    expect(slot).toMatchObject({ messages: 4, bodyBytes: 64, envelopeBytes: 4 * 138, signatures: 4, verifications: 4, sealed: 0 })
    // A broadcast goes to three meters and the aggregator, which has no use for it.
    const setup = parties.costs.total(({ phase }) => phase === 'setup')
    expect(setup).toMatchObject({ messages: 16, signatures: 4, verifications: 12, work: { 'key-agreement': 12 } })
    expect([...parties.costs.byRole().keys()]).toEqual(expect.arrayContaining(['meter', 'aggregator']))
  })
})

function countEpoch(state: { epochs: number }): Made {
  state.epochs++
  return {}
}

/** A scheme whose members keep a list of epochs, and tell how long theirs is. */
function counting(): Scheme {
  const newcomers = (_: unknown, { group, self }: Turn): MeterId[] => group.joined.filter(id => id !== self)
  return {
    ...plain(),
    roles: {
      ...plain().roles,
      meter: role<{ epochs: number }>({
        create: () => ({ epochs: 0 }),
        rounds: {
          setup: [{ run: countEpoch }],
          join: [
            { run: (_, __, { group, self }) => (group.joined.includes(self) ? { send: [{ to: 'meters', body: utf8('hello') }] } : {}) },
            {
              awaits: newcomers,
              run: countEpoch
            }
          ],
          slot: [
            {
              run: ({ epochs }, _, { group }) => ({
                send: [{ to: group.parties.aggregator as MeterId, body: lanesToBytes(lanesFromIntegers([epochs, 0])) }]
              })
            }
          ]
        }
      })
    }
  }
}

describe('a scheme’s own join', () => {
  it('goes on with the states that there are, once the slot before is over', () => {
    const parties = formed(counting)
    parties.runSlot(FIRST, readingsOf(parties))
    parties.runUntil(times(1).end - 1)
    const newcomer = parties.add('meter')
    const group = nextEpoch(parties.group, [...parties.group.members, newcomer])
    const bytes = parties.announcement(group, at(2), 'join')
    for (const to of parties.parties.keys()) parties.feed(to, { type: 'group', from: parties.registrar.id, bytes })
    Object.assign(parties, { group })
    // Aggregator and dealer have nothing to do in it.
    expect(parties.of('formed')).toHaveLength(6 + 2)
    const readings = new Map(group.members.map(id => [id, zeroLanes(2)]))
    parties.runSlot(at(1), readings)
    expect(parties.of('formed', newcomer)).toHaveLength(1)
    expect(parties.of('formed')).toHaveLength(6 + 3)
    parties.runUntil(times(2).end - 1)
    expect(parties.of('formed')).toHaveLength(6 + 7)
    parties.runSlot(at(2), readings)
    // Four that were there from the start, and one that came later.
    expect(outcomes(parties).map(outcome => outcome.type === 'total' && signedLanes(outcome.lanes)[0])).toEqual([4n, 4n, 9n])
    expect(parties.drops()).toEqual([])
  })
})

describe('a scheme’s round machine on a network that loses messages', () => {
  it.each<[string, () => Scheme]>([
    ['plain', plain],
    ['ttp', ttp],
    ['shi', () => shi({ maxReading: 2000n })],
    ['kursawe-low-overhead', kursaweLowOverhead]
  ])('gives the exact total of those it names, or loses the slot: %s', (_, scheme) => {
    const whole = fc.property(
      fc.integer({ min: 2, max: 6 }),
      fc.integer({ min: 0, max: 1000 }),
      fc.double({ min: 0, max: 0.3, noNaN: true }),
      (n, seed, loss) => {
        const parties = new VirtualParties({ scheme, meters: n })
        const rng = new SeededRng(String(seed))
        parties.intercept = copy => (rng.uniform() < loss ? [] : [copy])
        parties.announce()
        parties.runUntil(times(0).end - 1)
        for (const index of [0, 1]) {
          const readings = readingsOf(parties, index)
          parties.runSlot(at(index), readings)
          parties.runUntil(times(index + 1).end - 1)
        }
        for (const { slot: of, outcome } of parties.of('outcome')) {
          if (outcome.type !== 'total') continue
          const readings = readingsOf(parties, of - FIRST)
          expect(outcome.lanes).toEqual(sumOf(outcome.contributors.map(id => readings.get(id) as LaneVector)))
        }
        return outcomes(parties).length <= 2
      }
    )
    fc.assert(whole, { numRuns: 15 })
  })
})
