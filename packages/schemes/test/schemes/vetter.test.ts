// The scheme of Vetter et al. beyond its known answers: what the key authority allows, bills, changes of members, bad bodies.
import { lanesFromIntegers, type MeterId, SeededRng, type Slot, signedLanes } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { sceneGroup } from '../../src/scene-group.ts'
import { type Group, type Turn, UNCOUNTED } from '../../src/scheme.ts'
import { KeyAuthority, Store } from '../../src/schemes/vetter/parties.ts'
import { type Dealt, fits, hide, reveal, type Sums } from '../../src/schemes/vetter/sums.ts'
import { vetter } from '../../src/schemes/vetter.ts'
import { FIRST_SLOT, SmallGroup, shown } from '../support/small-group.ts'
import { changing, dropping, flipped, tampered } from '../support/tampered.ts'

const ROWS = [
  [310, 0],
  [-87, 4],
  [1450, -96],
  [0, 1]
]
const TOTAL = [1673n, -91n]
it('gives exact totals of readings of any sign, by four messages more than meters', () => {
  const scheme = vetter()
  const small = new SmallGroup(scheme, { meters: 4, lanes: 2 })
  const { outcome, sent } = small.slot(ROWS)
  expect(shown(outcome, small.group)).toEqual(TOTAL)
  expect(sent).toHaveLength(scheme.facts.messages(4))
})

describe('a missing meter', () => {
  it('is left out at once', () => {
    const small = new SmallGroup(vetter(), { meters: 4, lanes: 2 })
    const { outcome, sent } = small.slot(ROWS, { silent: new Map([[small.id(2), 1]]) })
    expect(shown(outcome, small.group)).toEqual([223n, 5n])
    expect(outcome).toMatchObject({ contributors: [0, 1, 3].map(i => small.id(i)) })
    expect(sent).toHaveLength(7)
  })

  it('is one whose message cannot be read, or that got no keys', () => {
    const { of, tamper } = tampered(vetter(), { meters: 4, lanes: 2 })
    tamper(changing(of.id(2), 1, body => body.subarray(1)))
    expect(shown(of.slot(ROWS).outcome, of.group)).toEqual([223n, 5n])
    tamper(changing(of.id(2), 1, body => body.fill(255, 32)))
    expect(shown(of.slot(ROWS, { at: (FIRST_SLOT + 1) as Slot }).outcome, of.group)).toEqual([223n, 5n])
    const [, , third] = sceneGroup(4, 2).members
    const small = new SmallGroup(vetter(), { meters: 4, lanes: 2, tamper: message => (message.to === third ? [] : [message]) })
    expect(shown(small.slot(ROWS).outcome, small.group)).toEqual([223n, 5n])
  })

  it('leads to a refusal where too few are left', () => {
    const { of, tamper } = tampered(vetter({ minMembers: 3 }), { meters: 4, lanes: 2 })
    tamper(dropping(({ from }) => from === of.id(0) || from === of.id(3)))
    expect(shown(of.slot(ROWS).outcome, of.group)).toEqual(['refused', 0, 3])
  })
})

describe('a second total of one slot', () => {
  it('is refused, whoever is in it', () => {
    const { of, tamper } = tampered(vetter(), { meters: 4, lanes: 2 })
    expect(shown(of.slot(ROWS).outcome, of.group)).toEqual(TOTAL)
    expect(shown(of.slot(ROWS).outcome, of.group)).toEqual(['refused'])
    tamper(dropping(({ from }) => from === of.id(1)))
    expect(shown(of.slot(ROWS).outcome, of.group)).toEqual(['refused', 1])
    expect(shown(of.slot(ROWS, { at: (FIRST_SLOT - 1) as Slot }).outcome, of.group)).toEqual(['refused', 1])
    tamper(message => [message])
    expect(shown(of.slot(ROWS, { at: (FIRST_SLOT + 1) as Slot }).outcome, of.group)).toEqual(TOTAL)
  })
})

describe('a total does not come out', () => {
  it.each([
    ['key-authority', 4, (body: Uint8Array) => body.subarray(0, -2)],
    ['store', 3, (body: Uint8Array) => flipped(body, 0)],
    ['store', 3, (body: Uint8Array) => flipped(body, 17)],
    ['aggregator', 5, (body: Uint8Array) => flipped(body, 3)]
  ] as const)('where what the %s gets in round %i is wrong', (to, round, change) => {
    const { of, tamper } = tampered(vetter(), { meters: 4, lanes: 2 })
    const senders = { 'key-authority': 'aggregator', store: 'store', aggregator: 'key-authority' } as const
    tamper(changing(of.group.parties[senders[to]] as MeterId, round, change))
    expect(shown(of.slot(ROWS).outcome, of.group)).toEqual(['implausible'])
  })

  it.each([
    ['aggregator', 2],
    ['store', 3],
    ['aggregator', 4],
    ['key-authority', 5]
  ] as const)('where what the %s sends in round %i cannot be read', (role, round) => {
    for (const change of [(body: Uint8Array) => body.subarray(1), (body: Uint8Array) => Uint8Array.from([...body, 0])]) {
      const { of, tamper } = tampered(vetter(), { meters: 4, lanes: 2 })
      tamper(changing(of.group.parties[role] as MeterId, round, change))
      expect(of.slot(ROWS).outcome).toMatchObject({ type: 'lost', reason: 'missing' })
    }
  })
})

describe('a bill', () => {
  const PERIOD = 4
  const [owner, other] = sceneGroup(2, 2).members as [MeterId, MeterId]
  const consumed = [3, 0, -7, 1000]

  /** Fills a store with the messages of two meters. */
  function filled(billSlots?: number): { store: Store; authority: KeyAuthority; dealt: Dealt } {
    const rng = new SeededRng('bill')
    const authority = new KeyAuthority({ minMembers: 2, billSlots })
    authority.begin(rng)
    const [dealt, others] = [authority.deal(owner, rng), authority.deal(other, rng)] as [Dealt, Dealt]
    const store = new Store(billSlots)
    consumed.forEach((value, i) => {
      const at = (FIRST_SLOT + i) as Slot
      const hidden = (by: Dealt, lanes: number[]): Sums => hide(by, lanesFromIntegers(lanes), at, UNCOUNTED)
      store.keep(at, new Map([[owner, hidden(dealt, [value, 1])], ...(i === 3 ? [] : [[other, hidden(others, [5, 5])] as const])]))
    })
    return { store, authority, dealt }
  }

  it('is opened for one meter over a period, and fits its tags', () => {
    const { store, authority, dealt } = filled(PERIOD)
    const hidden = store.bill(owner, FIRST_SLOT, 2) as Sums
    const keys = authority.keysOfBill(owner, FIRST_SLOT, 2, UNCOUNTED) as Sums
    const bill = reveal(hidden, keys)
    expect(signedLanes(bill)).toEqual([996n, 4n])
    expect(fits(bill, hidden, keys, dealt.factor)).toBe(true)
    expect(fits(lanesFromIntegers([997, 4]), hidden, keys, dealt.factor)).toBe(false)
  })

  it('is refused a second time, over an overlapping period, of a stranger, and without a policy for bills', () => {
    const { authority } = filled(PERIOD)
    const asked = (first: number, id = owner): boolean => authority.keysOfBill(id, (FIRST_SLOT + first) as Slot, 2, UNCOUNTED) !== undefined
    expect([0, 0, 1, 3, -1, -4].map(first => asked(first))).toEqual([true, false, false, false, false, false])
    expect([asked(4), asked(0, other), asked(0, 'f'.repeat(64) as MeterId)]).toEqual([true, true, false])
    expect(filled().authority.keysOfBill(owner, FIRST_SLOT, 2, UNCOUNTED)).toBeUndefined()
  })

  it('is not there where the store lacks a message, or has thrown it away', () => {
    const { store } = filled(PERIOD)
    expect(store.bill(other, FIRST_SLOT, 2)).toBeUndefined()
    store.keep((FIRST_SLOT + 4) as Slot, new Map())
    expect(store.bill(owner, FIRST_SLOT, 2)).toBeUndefined()
  })
})

describe('a change of members', () => {
  const group = sceneGroup(3, 1)
  const rng = new SeededRng('change')
  const authorityId = group.parties['key-authority'] as MeterId
  const turnOf = (self: MeterId, of: Group): Turn => ({
    role: 'meter',
    self,
    group: of,
    phase: 'join',
    slot: FIRST_SLOT,
    rng,
    work: UNCOUNTED
  })
  const open = (role: 'key-authority' | 'meter', self: MeterId) => vetter().roles[role]?.open(turnOf(self, group)) ?? {}
  const inbox = (from: ReadonlyMap<MeterId, Uint8Array> = new Map()) => ({ from, missing: [], reading: undefined })

  it('gives a newcomer its keys and disturbs nobody else', () => {
    const [first, , newcomer] = group.members as [MeterId, MeterId, MeterId]
    const joined: Group = { ...group, joined: [newcomer] }
    const authority = open('key-authority', authorityId)
    authority.setup?.[0]?.run(inbox(), turnOf(authorityId, { ...group, members: group.members.slice(0, 2) }))
    const { send = [] } = authority.join?.[0]?.run(inbox(), turnOf(authorityId, joined)) ?? {}
    expect(send.map(({ to }) => to)).toEqual([newcomer])
    const meter = open('meter', newcomer)
    expect(meter.join?.[1]?.awaits(turnOf(newcomer, joined))).toEqual([authorityId])
    expect(open('meter', first).join?.[1]?.awaits(turnOf(first, joined))).toEqual([])
    meter.join?.[1]?.run(inbox(new Map([[authorityId, send[0]?.body as Uint8Array]])), turnOf(newcomer, joined))
    const made = meter.slot?.[0]?.run({ ...inbox(), reading: lanesFromIntegers([5]) }, turnOf(newcomer, joined))
    expect(made?.send?.[0]?.to).toBe(group.parties.store)
  })

  it('makes the authority forget a leaver', () => {
    const authority = new KeyAuthority({ minMembers: 2 })
    authority.begin(rng)
    for (const id of group.members) authority.deal(id, rng)
    authority.forget(group.members[2] as MeterId)
    expect(authority.keysOfTotal(group.members, FIRST_SLOT, 1, UNCOUNTED)).toBeUndefined()
    expect(authority.keysOfTotal(group.members.slice(0, 2), FIRST_SLOT, 1, UNCOUNTED)).toBeDefined()
  })

  it('deals nothing before the setup', () => {
    const authority = open('key-authority', authorityId)
    expect(authority.join?.[0]?.run(inbox(), turnOf(authorityId, group))).toEqual({ send: [] })
  })
})
