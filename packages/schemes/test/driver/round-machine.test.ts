// Parties as machines: the same totals as in lockstep, and whatever comes that should not.
import { generateKeyPair, type PrivateKey } from '@hushgrid/paillier'
import {
  addLanes,
  BlindingKey,
  IdentityKey,
  type LaneVector,
  lanesFromIntegers,
  lanesToBytes,
  type MeterId,
  SeededRng,
  type Slot,
  signedLanes,
  slotTimes,
  utf8,
  zeroLanes
} from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AgreementKey, agreementKey, decodeAnnouncement, groupHash, sealAnnouncement } from '../../src/driver/announcement.ts'
import { decodeSchemeEnvelope, sealSchemeEnvelope } from '../../src/driver/envelope.ts'
import { trimmedSchemeJournal } from '../../src/driver/scheme-journal.ts'
import { Lockstep } from '../../src/lockstep.ts'
import { type Made, type Outcome, role, type Scheme, type Turn } from '../../src/scheme.ts'
import { garciaJacobs } from '../../src/schemes/garcia-jacobs.ts'
import { kursaweLowOverhead } from '../../src/schemes/kursawe-low-overhead.ts'
import { plain } from '../../src/schemes/plain.ts'
import { shi } from '../../src/schemes/shi.ts'
import { ttp } from '../../src/schemes/ttp.ts'
import { FIRST, nextEpoch, SLOT_SECONDS, VirtualParties } from '../support/virtual-parties.ts'

const keys = new Map<string, PrivateKey>()
/** Makes each party's key once, the few that a test needs. */
function keyFor(party: MeterId, bits: number): PrivateKey {
  const key = keys.get(party) ?? generateKeyPair(bits).privateKey
  keys.set(party, key)
  return key
}

const at = (index: number): Slot => (FIRST + index) as Slot
const times = (index: number) => slotTimes(at(index), SLOT_SECONDS)

function readingsOf(parties: VirtualParties, index = 0): Map<MeterId, LaneVector> {
  return new Map(parties.group.members.map((id, i) => [id, lanesFromIntegers([100 * (i + 1) + index, i * index])]))
}

/** Beyond what sums hold. */
const HUGE = lanesFromIntegers([1n << 62n, 0n])

function sumOf(readings: Iterable<LaneVector>): LaneVector {
  const sum = zeroLanes(2)
  for (const each of readings) addLanes(sum, each)
  return sum
}

function formed(scheme: () => Scheme = plain, meters = 4): VirtualParties {
  const parties = new VirtualParties({ scheme, meters })
  parties.announce()
  parties.runUntil(times(0).end - 1)
  return parties
}

function outcomes(parties: VirtualParties): Outcome[] {
  return parties.of('outcome', parties.aggregator).map(({ outcome }) => outcome)
}

/** Gives a message of a party, as it would sign it. */
function forged(parties: VirtualParties, by: IdentityKey | MeterId, change: Partial<Parameters<typeof sealSchemeEnvelope>[0]> = {}) {
  const identity = by instanceof IdentityKey ? by : parties.party(by).config.identity
  const body = new Uint8Array(16).fill(7)
  const message = { phase: 'slot', slot: FIRST, round: 1, receiver: parties.aggregator, sealed: false, body, ...change } as const
  return sealSchemeEnvelope(message, { scheme: parties.scheme().name, groupHash: groupHash(parties.group, FIRST) }, identity)
}

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

describe('a scheme’s round machine among adversaries', () => {
  /** Hands the aggregator a message before the slot's own, and runs the slot. */
  function withMessage(parties: VirtualParties, bytes: Uint8Array, from = parties.stranger.id): VirtualParties {
    parties.push(parties.aggregator, { type: 'message', from, bytes }, times(0).end + 1 - parties.now)
    parties.runSlot(FIRST, readingsOf(parties))
    expect(outcomes(parties)).toMatchObject([{ type: 'total', lanes: sumOf(readingsOf(parties).values()) }])
    return parties
  }

  it('drops a forged signature', () => {
    const parties = formed()
    const [victim] = parties.group.members as [MeterId]
    const bytes = forged(parties, parties.stranger)
    bytes.set(forged(parties, victim).subarray(0, 32))
    expect(withMessage(parties, bytes).drops()).toEqual(['bad-signature'])
  })

  it.each<[string, Parameters<typeof forged>[2], string]>([
    ['a non-member', {}, 'unknown-sender'],
    ['one that is for another', { receiver: 'ab'.repeat(32) as MeterId }, 'unexpected-type'],
    ['one of a round that there is not', { round: 2 }, 'unknown-sender']
  ])('drops a message of %s', (_, change, reason) => {
    const parties = formed()
    expect(withMessage(parties, forged(parties, parties.stranger, change)).drops()).toEqual([reason])
  })

  it.each<[string, Parameters<typeof forged>[2], string]>([
    ['a round that there is not', { round: 2 }, 'unexpected-type'],
    ['a slot that has not ended', { slot: at(1) }, 'too-early'],
    ['a slot that is over', { slot: at(-3) }, 'slot-over'],
    ['another phase', { phase: 'setup' }, 'slot-over']
  ])('drops a member’s message of %s', (_, change, reason) => {
    const parties = formed()
    const [member] = parties.group.members as [MeterId]
    expect(withMessage(parties, forged(parties, member, change)).drops()).toEqual([reason])
  })

  it('drops what is no envelope', () => {
    expect(withMessage(formed(), new Uint8Array(40)).drops()).toEqual(['malformed'])
    expect(withMessage(formed(), new Uint8Array(600_000)).drops()).toEqual(['oversized'])
  })

  it('drops a message that was sent for another slot', () => {
    const parties = formed()
    parties.runSlot(FIRST, readingsOf(parties))
    const [old] = parties.sent as [(typeof parties.sent)[number]]
    parties.intercept = copy => (copy.from === old.from ? [{ ...copy, bytes: old.bytes }] : [copy])
    parties.runSlot(at(1), readingsOf(parties, 1))
    expect(outcomes(parties)[1]).toMatchObject({ type: 'total', contributors: parties.group.members.filter(id => id !== old.from) })
    expect(parties.drops()).toEqual(['slot-over'])
  })

  it('takes a message once', () => {
    const parties = formed()
    parties.intercept = copy => [copy, copy]
    parties.runSlot(FIRST, readingsOf(parties))
    expect(outcomes(parties)).toMatchObject([{ type: 'total', lanes: sumOf(readingsOf(parties).values()) }])
    expect(parties.drops()).toEqual(Array(4).fill('duplicate'))
  })

  it('shows two different messages of one sender, before and after the round has run', () => {
    const parties = formed()
    const [cheat] = parties.group.members as [MeterId]
    const second = forged(parties, cheat)
    parties.push(parties.aggregator, { type: 'message', from: cheat, bytes: second }, times(0).end + 1000 - parties.now)
    parties.runSlot(FIRST, readingsOf(parties))
    const [accused] = parties.of('accused')
    expect(accused?.member).toBe(cheat)
    const first = parties.sent.find(({ from }) => from === cheat)?.bytes
    expect(accused?.envelopes).toEqual([first, second])
    expect(accused?.envelopes.map(bytes => decodeSchemeEnvelope(bytes, 1000).sender)).toEqual([cheat, cheat])
    expect(parties.drops()).toEqual(['conflicting'])
  })

  it('counts what is sealed for another as unreadable', () => {
    const parties = new VirtualParties({ scheme: ttp, meters: 4 })
    parties.announce()
    parties.runUntil(times(0).end - 1)
    const [one, other, ...rest] = parties.group.members as [MeterId, MeterId, ...MeterId[]]
    const dealer = parties.group.parties.dealer as MeterId
    // What the second has sealed, under the first's name.
    const stolen = new Map<MeterId, Uint8Array>()
    parties.intercept = copy => {
      if (copy.round === 1) stolen.set(copy.from, decodeSchemeEnvelope(copy.bytes, 10_000).body)
      return copy.from === one ? [] : [copy]
    }
    parties.read(FIRST, readingsOf(parties))
    parties.runUntil(times(0).end + 10)
    const body = stolen.get(other) as Uint8Array
    parties.push(dealer, { type: 'message', from: one, bytes: forged(parties, one, { receiver: dealer, sealed: true, body }) }, 1)
    parties.runUntil(times(0).over)
    expect(outcomes(parties)).toMatchObject([{ type: 'total', contributors: [other, ...rest] }])
    expect(parties.drops(dealer)).toEqual(['wrong-shape'])
  })

  it('hides what is sealed', () => {
    const parties = formed(ttp)
    const readings = new Map(parties.group.members.map(id => [id, lanesFromIntegers([0x5a5a5a5a5a, 0x6b6b6b6b])]))
    parties.runSlot(FIRST, readings)
    const first = parties.sent.filter(({ round }) => round === 1).map(({ bytes }) => Buffer.from(bytes).toString('hex'))
    expect(first.filter(hex => hex.includes('5a5a5a5a5a'))).toEqual([])
    expect(new Set(first.map(hex => hex.slice(-160))).size).toBe(4)
  })

  it('stops reading from a peer that floods', () => {
    const parties = formed()
    for (let i = 0; i < 100; i++)
      parties.push(parties.aggregator, { type: 'message', from: parties.stranger.id, bytes: new Uint8Array(i) }, times(0).end - parties.now)
    parties.runSlot(FIRST, readingsOf(parties))
    expect(parties.drops().filter(reason => reason === 'flood')).toHaveLength(36)
  })
})

describe('a scheme’s round machine and its registrar', () => {
  const dropsOf = (bytes: (parties: VirtualParties) => Uint8Array): string[] => {
    const parties = formed()
    parties.feed(parties.group.members[0] as MeterId, { type: 'group', from: parties.registrar.id, bytes: bytes(parties) })
    return parties.drops()
  }

  it('takes a group of nobody else', () => {
    const parties = formed()
    const group = nextEpoch(parties.group, parties.group.members)
    const held = decodeAnnouncement(parties.announcement()).keys
    const bytes = sealAnnouncement({ group, phase: 'setup', firstSlot: at(1), keys: held }, 'plain', parties.stranger)
    parties.feed(parties.aggregator, { type: 'group', from: parties.stranger.id, bytes })
    expect(parties.drops()).toEqual(['bad-signature'])
  })

  it('shows two groups of one epoch', () => {
    const parties = formed()
    const [, ...rest] = parties.group.members
    const other = parties.announcement({ ...parties.group, members: rest, joined: rest }, at(1))
    parties.feed(parties.aggregator, { type: 'group', from: parties.registrar.id, bytes: other })
    expect(parties.of('accused')).toMatchObject([{ member: parties.registrar.id, envelopes: [parties.announcement(), other] }])
    expect(parties.drops()).toEqual(['conflicting'])
  })

  it('drops an old group, one once more, and one of a slot that has begun to end', () => {
    expect(dropsOf(parties => parties.announcement())).toEqual(['duplicate'])
    expect(dropsOf(parties => parties.announcement(nextEpoch(parties.group, parties.group.members), at(-1)))).toEqual(['wrong-epoch'])
    expect(dropsOf(parties => parties.announcement(nextEpoch(parties.group, parties.group.members), FIRST))).toEqual(['slot-over'])
  })

  it('refuses a key that is not its party’s, or not its own', () => {
    /** Announces a member with another key, and gives why the first member drops that. */
    const swapped = (whose: number, keyOf: (parties: VirtualParties, victim: MeterId) => AgreementKey): string[] => {
      const parties = formed()
      const group = nextEpoch(parties.group, parties.group.members)
      const victim = group.members[whose] as MeterId
      const keys = new Map([...decodeAnnouncement(parties.announcement()).keys, [victim, keyOf(parties, victim)]])
      const bytes = sealAnnouncement({ group, phase: 'setup', firstSlot: at(1), keys }, 'plain', parties.registrar)
      parties.feed(group.members[0] as MeterId, { type: 'group', from: parties.registrar.id, bytes })
      return parties.drops()
    }
    const other = (parties: VirtualParties) => parties.party(parties.aggregator).config.agreement
    const own = (parties: VirtualParties, victim: MeterId) => parties.party(victim).config
    expect(swapped(0, (all, victim) => agreementKey(own(all, victim).identity, other(all)))).toEqual(['roster-refused'])
    expect(swapped(1, all => agreementKey(all.registrar, other(all)))).toEqual(['roster-refused'])
    expect(
      swapped(1, (all, victim) => ({ ...agreementKey(own(all, victim).identity, own(all, victim).agreement), key: other(all).publicKey }))
    ).toEqual(['roster-refused'])
    expect(swapped(1, (all, victim) => agreementKey(own(all, victim).identity, other(all)))).toEqual([])
  })

  it('reads announcements that have just what they should', () => {
    const parties = formed()
    const bytes = parties.announcement()
    expect(decodeAnnouncement(bytes)).toMatchObject({ group: parties.group, phase: 'setup', firstSlot: FIRST })
    for (const cut of [bytes.subarray(0, -1), bytes.subarray(0, 40), new Uint8Array([...bytes, 0]), new Uint8Array(0)])
      expect(() => decodeAnnouncement(cut)).toThrow(/announcement: expected/)
  })
})

describe('a scheme’s round machine that crashes', () => {
  /** Crashes a party before one of its outputs, restarts it, and gives what everybody did. */
  function crashing(
    scheme: () => Scheme,
    who: (parties: VirtualParties) => MeterId,
    phase: 'setup' | 'slot',
    output: number,
    downFor = 1000
  ) {
    const parties = new VirtualParties({ scheme, meters: 4 })
    const id = who(parties)
    let left = output
    let crashed = false
    const from = phase === 'setup' ? 0 : times(0).end
    parties.crashesAt = by => {
      if (by !== id || crashed || parties.now < from || left-- > 0) return false
      crashed = true
      parties.push(parties.registrar.id, { type: 'tick' }, 0)
      return true
    }
    parties.announce()
    parties.read(FIRST, readingsOf(parties))
    const feed = parties.feed.bind(parties)
    parties.feed = (to, input) => {
      if (to !== parties.registrar.id) feed(to, input)
    }
    for (let time: number = times(0).start; time <= times(0).over; time += downFor) {
      parties.runUntil(time)
      if (crashed && !parties.party(id).state) parties.restart(id)
    }
    return { parties, id, crashed }
  }

  it.each([0, 1, 2, 3])('does not run a round again nor send anything else: meter, output %i of a slot', output => {
    const { parties, id, crashed } = crashing(kursaweLowOverhead, ({ group }) => group.members[1] as MeterId, 'slot', output)
    expect(crashed).toBe(output < 2)
    const sent = new Set(
      parties.sent.filter(({ from, phase }) => from === id && phase === 'slot').map(({ bytes }) => Buffer.from(bytes).toString('hex'))
    )
    expect(sent.size).toBe(output === 0 ? 0 : 1)
    expect(parties.of('accused')).toEqual([])
    const [outcome] = outcomes(parties)
    if (output === 0) expect(outcome).toEqual({ type: 'lost', reason: 'missing', members: [id] })
    else expect(outcome).toMatchObject({ type: 'total', lanes: sumOf(readingsOf(parties).values()) })
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])('gives the total or loses the slot: aggregator, output %i of a slot', output => {
    const { parties, crashed } = crashing(
      () => shi({ maxReading: 2000n }),
      ({ aggregator }) => aggregator,
      'slot',
      output
    )
    expect(crashed).toBe(output < 6)
    for (const outcome of outcomes(parties))
      if (outcome.type === 'total') expect(outcome.lanes).toEqual(sumOf(readingsOf(parties).values()))
    // What came while it was down is gone; what it had taken is in the journal.
    if (output >= 5) expect(outcomes(parties)).not.toEqual([])
  })

  it.each([0, 1, 2, 3, 4, 5, 6])('never gives another number: meter, output %i of the setup', output => {
    const { parties } = crashing(kursaweLowOverhead, ({ group }) => group.members[2] as MeterId, 'setup', output)
    for (const outcome of outcomes(parties))
      if (outcome.type === 'total') expect(outcome.lanes).toEqual(sumOf(readingsOf(parties).values()))
    expect(parties.of('accused')).toEqual([])
  })

  it('has what it took before', () => {
    const parties = formed(kursaweLowOverhead)
    const [one, two, ...rest] = parties.group.members as [MeterId, MeterId, ...MeterId[]]
    const readings = readingsOf(parties)
    parties.read(FIRST, new Map([one, two].map(id => [id, readings.get(id) as LaneVector])))
    parties.runUntil(times(0).end + 1000)
    parties.crash(parties.aggregator)
    parties.restart(parties.aggregator)
    for (const id of rest) parties.push(id, { type: 'reading', slot: FIRST, lanes: readings.get(id) as LaneVector }, 0)
    parties.runUntil(times(0).over)
    expect(outcomes(parties)).toMatchObject([{ type: 'total', lanes: sumOf(readings.values()) }])
  })

  it('needs of its journal only the groups and what is not over', () => {
    const parties = formed(kursaweLowOverhead)
    const party = parties.party(parties.aggregator)
    for (const index of [0, 1, 2]) {
      parties.runSlot(at(index), readingsOf(parties, index))
      parties.runUntil(times(index + 1).end - 1)
      const before = party.kept.journal.length
      party.kept.journal = trimmedSchemeJournal(party.kept.journal, SLOT_SECONDS, parties.now)
      expect(before - party.kept.journal.length).toBe(5)
      parties.restart(parties.aggregator)
    }
    expect(outcomes(parties).map(({ type }) => type)).toEqual(['total', 'total', 'total'])
  })

  it('goes on after its setup with what it has kept', () => {
    const parties = formed(kursaweLowOverhead)
    parties.runSlot(FIRST, readingsOf(parties))
    parties.runUntil(times(1).end - 1)
    for (const id of parties.parties.keys()) {
      parties.crash(id)
      parties.restart(id)
    }
    parties.runSlot(at(1), readingsOf(parties, 1))
    expect(outcomes(parties)).toMatchObject([{ type: 'total' }, { type: 'total', lanes: sumOf(readingsOf(parties, 1).values()) }])
  })

  it('takes part in nothing of before without its journal', () => {
    const parties = new VirtualParties({ scheme: kursaweLowOverhead, meters: 4 })
    const [lost] = parties.group.members as [MeterId]
    const bytes = parties.announcement()
    const party = parties.party(lost)
    const agreement = BlindingKey.generate(new SeededRng('another'))
    const kept = { journal: [], memory: { rounds: new Map(), ran: new Map() } }
    parties.parties.set(lost, { config: { ...party.config, agreement }, state: undefined, kept })
    parties.restart(lost)
    parties.feed(lost, { type: 'group', from: parties.registrar.id, bytes })
    expect(parties.drops(lost)).toEqual(['roster-refused'])
  })
})
