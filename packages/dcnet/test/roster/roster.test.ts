// Section 4 of PROTOCOL.md from the side of whoever is shown a roster: what is refused and by which name, what the chain
// bears, and that keys are bound to what everybody was shown.
import { decodeEnvelope, MessageType, RosterPayload, sealEnvelope } from '@hushgrid/messages'
import {
  addLanes,
  BlindingKey,
  concatBytes,
  type Epoch,
  equalBytes,
  equalLanes,
  IdentityKey,
  lanesFromBytes,
  type MeterId,
  millis,
  SeededRng,
  type Slot,
  signedLanes,
  slotTimes,
  u64,
  zeroLanes
} from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { EpochMasks } from '../../src/masks/edge-keys.ts'
import type { SeasonKey } from '../../src/masks/season-keys.ts'
import { RosterBook } from '../../src/roster/book.ts'
import { CredentialCache } from '../../src/roster/cache.ts'
import { checkChain, checkRoster, decodeRoster } from '../../src/roster/check.ts'
import { issueCredential, networkId, packCredential } from '../../src/roster/credential.ts'
import { credentialAt } from '../../src/roster/credentials.ts'
import type { RosterPolicy } from '../../src/roster/policy.ts'
import { type RosterFault, RosterRefusedError } from '../../src/roster/refused.ts'
import { Roster, rosterSignedBytes } from '../../src/roster/roster.ts'
import { altered, stranger } from '../support/hostile.ts'
import { followingRoster, nextSeason, type RosterChange, sealedRoster, withAbsent } from '../support/rosters.ts'
import { randomReadings, sumOf, type VirtualMeter, VirtualNeighbourhood, type VirtualOptions } from '../support/virtual-neighbourhood.ts'

const next = (slot: Slot, by = 1): Slot => (slot + by) as Slot
const rng = new SeededRng('roster tests')
const MEMBERS = 8
/** Bytes of a member of two lanes, and of the number of cuts. */
const ENTRY = 32 + 32 + 16 + 1 + 1
const CUT_COUNT = 4
const FLOORS = { minMembers: 6, degree: 4, recovery: 1, support: 1 } as const
const WEAK_ID = `01${'00'.repeat(31)}` as MeterId

/** A neighbourhood one slot old, whose registrar is about to sign the next roster. */
function neighbourhood(options: Partial<VirtualOptions> = {}): VirtualNeighbourhood {
  const n = new VirtualNeighbourhood({ members: MEMBERS, degree: 4, minMembers: 6, recovery: 1, floors: FLOORS, ...options })
  n.runSlot(n.firstSlot, randomReadings(n.rng, MEMBERS, 2))
  return n
}

const firstMeter = (n: VirtualNeighbourhood): VirtualMeter => n.meters[0] as VirtualMeter

function show(n: VirtualNeighbourhood, meter: VirtualMeter, bytes: Uint8Array) {
  return n.toMeter(meter, { channel: 'control', from: n.registrarIdentity.id, bytes })
}

/** The registrar takes the roster as its own, so that another can follow. */
function adopt(n: VirtualNeighbourhood, bytes: Uint8Array): Uint8Array {
  expect(n.registrar.book.receive(decodeEnvelope(bytes), bytes, n.now).kind).toBe('taken')
  return bytes
}

/** The roster that a good one would be, but for one thing, is refused for that; and then the good one is taken. */
function expectRefused(fault: RosterFault, n: VirtualNeighbourhood, change: RosterChange): void {
  const meter = firstMeter(n)
  const before = meter.state.book.latest
  const outputs = show(n, meter, followingRoster(n, change))
  const refused = outputs.find(output => output.type === 'roster-refused')
  expect(refused?.type === 'roster-refused' && refused.error.fault).toBe(fault)
  expect(refused?.type === 'roster-refused' && refused.error.message).toContain(`roster refused (${fault})`)
  expect(outputs.at(-1)).toEqual({ type: 'verdict', verdict: 'ignore' })
  expect(meter.state.drops.counts['roster-refused']).toBe(1)
  expect(meter.state.book.latest).toBe(before)
  expect(show(n, meter, followingRoster(n)).find(output => output.type === 'roster')).toBeDefined()
}

/** A roster that the meter keeps for the chain and stays out of; it takes part again in the one after it. */
function expectStaysOut(fault: RosterFault, n: VirtualNeighbourhood, change: RosterChange): void {
  const meter = firstMeter(n)
  const bytes = adopt(n, followingRoster(n, change))
  n.publish('control', n.registrarIdentity.id, bytes)
  expect(meter.state.book.latest?.stayOut?.fault).toBe(fault)
  expect(meter.state.book.latest?.roster.epoch).toBe(1)
  expect(meter.state.epochs.has(1 as Epoch)).toBe(false)
  const slot = next(n.currentSlot)
  const sent = n.submissionsOf(meter).length
  n.runSlot(slot, randomReadings(n.rng, MEMBERS, 2))
  expect(n.submissionsOf(meter)).toHaveLength(sent)

  const restored: Partial<RosterChange['fields']> = { degree: 4, minMembers: n.options.minMembers, recovery: 1 }
  const members = n.registrar.book.ofEpoch(0 as Epoch)?.roster.members() ?? original
  n.publish('control', n.registrarIdentity.id, adopt(n, followingRoster(n, { fields: restored, members: () => members })))
  expect(meter.state.book.latest?.roster.epoch).toBe(2)
  expect(meter.state.book.latest?.stayOut).toBeUndefined()
  expect(meter.state.epochs.has(2 as Epoch)).toBe(true)
}
let original: ReturnType<Roster['members']> = []

/** Puts a credential in the place of a member's. */
function withCredential(
  n: VirtualNeighbourhood,
  id: MeterId,
  make: (start: number) => {
    signer?: IdentityKey
    network?: Uint8Array
    meterId?: MeterId
    blindingKey?: Uint8Array
    season?: number
    notBefore?: number
    notAfter?: number
  }
): RosterChange {
  return {
    payload: payload => {
      const roster = Roster.decode(payload.roster)
      const index = roster.indexOf(id) as number
      const start = roster.firstSlot * roster.slotSeconds
      const { signer, network, ...of } = make(start)
      const credential = issueCredential(signer ?? n.registrarIdentity, network ?? n.networkId, {
        meterId: id,
        blindingKey: roster.blindingKey(index),
        season: roster.season,
        notBefore: start - 1000,
        notAfter: start + 1000,
        lanes: roster.lanes.map(({ obis }) => ({ obis, consent: false })),
        ...of
      })
      payload.credentials[index] = packCredential(credential) as Uint8Array<ArrayBuffer>
    }
  }
}

describe('a roster is refused by the rule that it breaks:', () => {
  const other = IdentityKey.generate(rng)

  it('network', () => expectRefused('network', neighbourhood(), { fields: { networkId: networkId('elsewhere') } }))
  it('slot-seconds', () => expectRefused('slot-seconds', neighbourhood(), { fields: { slotSeconds: 60 } }))
  it('registrar', () => expectRefused('registrar', neighbourhood(), { fields: { registrarKey: other.id } }))

  it('aggregator, where the node was told which', () => {
    const n = neighbourhood()
    const policy: RosterPolicy = {
      networkId: n.networkId,
      slotSeconds: 900,
      changeSlots: 1,
      registrarKey: n.registrarIdentity.id,
      aggregatorKey: n.aggregatorIdentity.id
    }
    const book = new RosterBook(policy)
    const bytes = followingRoster(n, { fields: { aggregatorKey: other.id } })
    const outcome = book.receive(decodeEnvelope(bytes), bytes, n.now)
    expect(outcome.kind === 'refused' && outcome.error.fault).toBe('aggregator')
    const good = followingRoster(n)
    expect(book.receive(decodeEnvelope(good), good, n.now).kind).toBe('taken')
  })

  it('signature: none, another key’s, over another roster and over the bare hash', () => {
    const n = neighbourhood()
    const latest = n.registrar.book.latest?.roster as Roster
    const signatures = [
      () => new Uint8Array(64),
      (hash: Uint8Array) => other.sign(rosterSignedBytes(hash)),
      () => n.registrarIdentity.sign(rosterSignedBytes(latest.hash)),
      (hash: Uint8Array) => n.registrarIdentity.sign(hash)
    ]
    for (const sign of signatures) {
      expectRefused('signature', neighbourhood(), {
        payload: payload => {
          payload.signature = sign(Roster.decode(payload.roster).hash) as Uint8Array<ArrayBuffer>
        }
      })
    }
  })

  it('weak-key: a meter id of small order, a blinding key of low order or not reduced, an aggregator key of small order', () => {
    const stranger = (change: { meterId?: MeterId; blindingKey?: Uint8Array }): RosterChange => ({
      members: members => [
        ...members,
        {
          meterId: IdentityKey.generate(rng).id,
          blindingKey: BlindingKey.generate(rng).publicKey,
          placement: rng.bytes(16),
          absent: false,
          laneMask: Uint8Array.of(0),
          ...change
        }
      ]
    })
    expectRefused('weak-key', neighbourhood(), stranger({ meterId: WEAK_ID }))
    expectRefused('weak-key', neighbourhood(), stranger({ blindingKey: new Uint8Array(32) }))
    expectRefused('weak-key', neighbourhood(), stranger({ blindingKey: Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0)) }))
    expectRefused('weak-key', neighbourhood(), stranger({ blindingKey: new Uint8Array(32).fill(0xff) }))
    expectRefused('weak-key', neighbourhood(), { fields: { aggregatorKey: WEAK_ID } })
  })

  it('credential: of another meter, blinding key or season, by another registrar, for another network', () => {
    const cases: ((n: VirtualNeighbourhood, id: MeterId) => RosterChange)[] = [
      (n, id) => withCredential(n, id, () => ({ meterId: IdentityKey.generate(rng).id })),
      (n, id) => withCredential(n, id, () => ({ blindingKey: BlindingKey.generate(rng).publicKey })),
      (n, id) => withCredential(n, id, () => ({ season: 1 })),
      (n, id) => withCredential(n, id, () => ({ signer: other })),
      (n, id) => withCredential(n, id, () => ({ network: networkId('elsewhere') })),
      // A good credential, of the next member.
      () => ({ payload: ({ credentials }) => void credentials.splice(0, 1, credentials[1] as Uint8Array<ArrayBuffer>) }),
      // The same credential with a later end.
      () => ({ payload: payload => void payload.credentials[0]?.set(u64(2 ** 40), 8) })
    ]
    for (const change of cases) {
      const n = neighbourhood()
      expectRefused('credential', n, change(n, n.meters[3]?.config.identity.id as MeterId))
    }
  })

  it('credential: not yet, or no longer, at the start of the first slot; to the second', () => {
    const at = (of: (start: number) => { notBefore?: number; notAfter?: number }) => {
      const n = neighbourhood()
      return { n, change: withCredential(n, n.meters[3]?.config.identity.id as MeterId, of) }
    }
    for (const of of [(start: number) => ({ notBefore: start + 1 }), (start: number) => ({ notAfter: start })]) {
      const { n, change } = at(of)
      expectRefused('credential', n, change)
    }
    for (const of of [(start: number) => ({ notBefore: start }), (start: number) => ({ notAfter: start + 1 })]) {
      const { n, change } = at(of)
      expect(show(n, firstMeter(n), followingRoster(n, change)).some(output => output.type === 'roster')).toBe(true)
    }
  })

  it('credential: of a member that was good in the roster before and has expired since', () => {
    const n = neighbourhood()
    const far = (n.registrarConfig.credentialSeconds / 900 + 10) as Slot
    expectRefused('credential', n, { fields: { firstSlot: next(n.currentSlot, far) } })
  })

  it('form: bytes left over, fewer credentials than members, another epoch or slot than the envelope’s', () => {
    expectRefused('form', neighbourhood(), {
      payload: payload => {
        payload.roster = concatBytes(payload.roster, Uint8Array.of(0)) as Uint8Array<ArrayBuffer>
      }
    })
    expectRefused('form', neighbourhood(), {
      payload: payload => {
        payload.credentials = payload.credentials.slice(1)
      }
    })
    expectRefused('form', neighbourhood(), { payload: payload => void payload.addresses.pop() })
    const n = neighbourhood()
    expectRefused('form', n, { slot: next(n.currentSlot, 7) })
  })

  it('form: a member twice, a blinding key twice, a role’s key among the meters, bits that mean nothing', () => {
    const n = neighbourhood()
    const [first, second] = n.registrar.book.latest?.roster.members() ?? []
    if (!first || !second) throw new Error('expected members')
    const entry = (bytes: Uint8Array, index: number): number => bytes.byteLength - CUT_COUNT - ENTRY * (MEMBERS - index)
    const flags = (bytes: Uint8Array): number => entry(bytes, 0) - 4 - 3 * 32 - 1
    const cases: ((bytes: Uint8Array) => void)[] = [
      bytes => bytes.copyWithin(entry(bytes, 1), entry(bytes, 0), entry(bytes, 0) + 32),
      bytes => bytes.copyWithin(entry(bytes, 1) + 32, entry(bytes, 0) + 32, entry(bytes, 0) + 64),
      bytes => bytes.set(Buffer.from(n.aggregatorIdentity.id, 'hex'), entry(bytes, 0)),
      bytes => bytes.set([2], entry(bytes, 0) + 80),
      // A third lane, of two.
      bytes => bytes.set([4], entry(bytes, 0) + 81),
      bytes => bytes.set([2], flags(bytes)),
      bytes => bytes.set([0], flags(bytes) - 1),
      bytes => bytes.set([2], flags(bytes) - 1),
      bytes => bytes.set([3], flags(bytes) - 2),
      // A cut that is counted and not there.
      bytes => bytes.set([1], bytes.byteLength - CUT_COUNT)
    ]
    for (const meddle of cases) {
      expectRefused('form', neighbourhood(), { payload: payload => meddle(payload.roster) })
    }
  })

  it('chain-epoch; from the network a later one waits for those in between', () => {
    const n = neighbourhood()
    const latest = n.registrar.book.latest?.roster as Roster
    for (const epoch of [0, 2]) {
      const { roster } = decodeRoster(decodeEnvelope(followingRoster(n, { fields: { epoch: epoch as Epoch } })).payload)
      expect(() => checkChain(latest, roster)).toThrow(expect.objectContaining({ fault: 'chain-epoch' }))
    }
    const meter = firstMeter(n)
    const gap = followingRoster(n, { fields: { epoch: 5 as Epoch } })
    expect(show(n, meter, gap)).toEqual([{ type: 'verdict', verdict: 'accept' }])
    expect(meter.state.book.latest?.roster.epoch).toBe(0)
  })

  it('chain-hash', () => expectRefused('chain-hash', neighbourhood(), { fields: { previousRosterHash: new Uint8Array(32) } }))
  it('chain-first-slot', () => {
    const n = neighbourhood()
    expectRefused('chain-first-slot', n, { fields: { firstSlot: n.firstSlot } })
    const late = neighbourhood()
    show(late, firstMeter(late), adopt(late, followingRoster(late, { fields: { firstSlot: next(late.currentSlot, 5) } })))
    const earlier = followingRoster(late, { fields: { firstSlot: next(late.currentSlot, 4) } })
    const refused = show(late, firstMeter(late), earlier).find(output => output.type === 'roster-refused')
    expect(refused?.type === 'roster-refused' && refused.error.fault).toBe('chain-first-slot')
  })

  it('chain-placement: ringSeed, or a member’s placement or blinding key, changed within the season', () => {
    const n = neighbourhood()
    const { id } = (n.meters[2] as VirtualMeter).config.identity
    const blindingKey = BlindingKey.generate(rng).publicKey
    expectRefused('chain-placement', n, {
      members: members => members.map(member => (member.meterId === id ? { ...member, blindingKey } : member)),
      ...withCredential(n, id, () => ({ blindingKey }))
    })

    expectRefused('chain-placement', neighbourhood(), { fields: { ringSeed: new Uint8Array(32) } })
    expectRefused('chain-placement', neighbourhood(), {
      members: members => members.map((member, i) => (i === 2 ? { ...member, placement: new Uint8Array(16) } : member))
    })
  })

  it('nothing, where all that changes as the season rises by one, and chain-season where it falls again or skips one', () => {
    const n = neighbourhood()
    const meter = firstMeter(n)
    const bytes = adopt(n, followingRoster(n, nextSeason(n)))
    expect(show(n, meter, bytes).some(output => output.type === 'roster')).toBe(true)
    expect(meter.state.book.latest?.stayOut).toBeUndefined()
    const latest = meter.state.book.latest?.roster as Roster
    for (const season of [0, 3]) {
      const other = Roster.create(
        { ...latest, season, epoch: 2 as Epoch, previousRosterHash: latest.hash, firstSlot: next(n.currentSlot, 2) },
        latest.members()
      )
      expect(() => checkChain(latest, other)).toThrow(expect.objectContaining({ fault: 'chain-season' }))
    }
  })
})

describe('a meter stays out of an epoch, and the chain goes on through it:', () => {
  it('own-entry: it is not in it', () => {
    const n = neighbourhood()
    original = n.registrar.book.latest?.roster.members() ?? []
    expectStaysOut('own-entry', n, { members: members => members.filter(member => member.meterId !== firstMeter(n).config.identity.id) })
  })

  it('own-entry: another blinding key in its place in a new season, with a credential', () => {
    const n = neighbourhood()
    const { id } = firstMeter(n).config.identity
    const blindingKey = BlindingKey.generate(rng).publicKey
    const change = nextSeason(n)
    const bytes = followingRoster(n, {
      ...change,
      members: members => (change.members?.(members) ?? []).map(member => (member.meterId === id ? { ...member, blindingKey } : member)),
      ...withCredential(n, id, () => ({ blindingKey, season: 1 }))
    })
    n.publish('control', n.registrarIdentity.id, adopt(n, bytes))
    const stayOut = n.meters.map(meter => meter.state.book.latest?.stayOut?.fault)
    expect(stayOut).toEqual(['own-entry', ...stayOut.slice(1).map(() => undefined)])
    expect(firstMeter(n).state.epochs.has(1 as Epoch)).toBe(false)
  })

  it('min-members: absent ones do not count', () => {
    const n = neighbourhood()
    original = n.registrar.book.latest?.roster.members() ?? []
    const roster = n.registrar.book.latest?.roster as Roster
    const own = roster.indexOf(firstMeter(n).config.identity.id) as number
    const near = new Set([own, ...roster.neighbours(own)])
    // Three of eight, none of them a neighbour.
    const absent = original.map(({ meterId }) => meterId).filter((_, i) => !near.has(i))
    expectStaysOut('min-members', n, {
      members: members => members.map(member => ({ ...member, absent: absent.includes(member.meterId) }))
    })
  })

  it('no-neighbour: all its mask neighbours are absent, and its reading would go out as it is', () => {
    const n = neighbourhood({ members: MEMBERS, minMembers: 3, floors: { minMembers: 3, degree: 2, recovery: 0, support: 1 }, degree: 4 })
    original = n.registrar.book.latest?.roster.members() ?? []
    const roster = n.registrar.book.latest?.roster as Roster
    const own = roster.indexOf(firstMeter(n).config.identity.id) as number
    const around = roster.neighbours(own).map(index => roster.meterId(index))
    expectStaysOut('no-neighbour', n, {
      members: members => members.map(member => ({ ...member, absent: around.includes(member.meterId) }))
    })
  })

  it('floor-min-members', () => {
    const n = neighbourhood()
    original = n.registrar.book.latest?.roster.members() ?? []
    expectStaysOut('floor-min-members', n, { fields: { minMembers: 5 } })
  })

  it('floor-degree, unless everybody is everybody’s neighbour', () => {
    const n = neighbourhood()
    original = n.registrar.book.latest?.roster.members() ?? []
    expectStaysOut('floor-degree', n, { fields: { degree: 2 } })
    const few = new VirtualNeighbourhood({ members: 3, degree: 2, floors: { minMembers: 3, degree: 6, recovery: 0, support: 1 } })
    expect(firstMeter(few).state.book.latest?.stayOut).toBeUndefined()
  })

  it('floor-recovery', () => {
    const n = neighbourhood()
    original = n.registrar.book.latest?.roster.members() ?? []
    expectStaysOut('floor-recovery', n, { fields: { recovery: 0 } })
  })
})

describe('the chain', () => {
  it('has a roster that comes late count from the next slot', () => {
    const n = neighbourhood()
    const meter = firstMeter(n)
    const bytes = adopt(n, followingRoster(n))
    const first = next(n.currentSlot)
    n.now = slotTimes(first, 900).start
    show(n, meter, bytes)
    expect(meter.state.book.latest?.from).toBe(next(first))
    expect(meter.state.book.ofSlot(first)?.roster.epoch).toBe(0)
    expect(meter.state.book.ofSlot(next(first))?.roster.epoch).toBe(1)
    const other = n.meters[1] as VirtualMeter
    n.now = millis(slotTimes(first, 900).start - 1)
    show(n, other, bytes)
    expect(other.state.book.latest?.from).toBe(first)
  })

  it('takes a roster that waits for the ones before it when they come, in whatever order', () => {
    const n = neighbourhood()
    const meter = firstMeter(n)
    const rosters = [1, 2, 3].map(by => adopt(n, followingRoster(n, { fields: { firstSlot: next(n.currentSlot, by) } })))
    const [one, two, three] = rosters as [Uint8Array, Uint8Array, Uint8Array]
    for (const bytes of [three, two]) expect(show(n, meter, bytes)).toEqual([{ type: 'verdict', verdict: 'accept' }])
    const taken = show(n, meter, one).flatMap(output => (output.type === 'roster' ? [output.held.roster.epoch] : []))
    expect(taken).toEqual([1, 2, 3])
    expect(meter.state.epochs.size).toBe(4)
  })

  it('is not led astray by a relay that renames a roster, nor by a registrar that names another epoch than is in it', () => {
    const n = neighbourhood()
    const meter = firstMeter(n)
    const rosters = [1, 2, 3].map(by => adopt(n, followingRoster(n, { fields: { firstSlot: next(n.currentSlot, by) } })))
    const [one, two, three] = rosters as [Uint8Array, Uint8Array, Uint8Array]
    for (let epoch = 0; epoch < 40; epoch++) {
      if (epoch === 1) continue
      const relayed = { channel: 'control', from: stranger(), bytes: altered(one, { epoch: epoch as Epoch }) } as const
      expect(n.toMeter(meter, relayed)).toMatchObject([
        { type: 'dropped', reason: 'bad-signature' },
        { type: 'verdict', verdict: 'reject' }
      ])
    }
    const misnamed = (bytes: Uint8Array, epoch: number): Uint8Array => {
      const { slot, payload } = decodeEnvelope(bytes)
      return sealEnvelope(n.registrarIdentity, MessageType.Roster, n.networkId, epoch as Epoch, slot, payload)
    }
    expect(show(n, meter, misnamed(one, 0)).map(output => output.type)).toEqual(['roster-refused', 'dropped', 'verdict'])
    // None takes the place of one that really waits.
    for (let epoch = 2; epoch < 40; epoch++)
      expect(show(n, meter, misnamed(one, epoch)).at(-1)).toEqual({ type: 'verdict', verdict: 'ignore' })
    for (const bytes of [three, two, one]) show(n, meter, bytes)
    expect(meter.state.book.latest?.roster.epoch).toBe(3)
    expect(meter.outputs.some(output => output.type === 'evidence')).toBe(false)
  })

  it('keeps two rosters for one epoch as evidence, and the first in force', () => {
    const n = neighbourhood()
    const meter = firstMeter(n)
    const first = followingRoster(n)
    const second = followingRoster(n, { fields: { lanes: [...(n.registrar.book.latest?.roster.lanes ?? [])].reverse() } })
    show(n, meter, first)
    const held = meter.state.book.latest
    expect(show(n, meter, second)).toEqual([
      {
        type: 'evidence',
        against: n.registrarIdentity.id,
        what: { kind: 'two-rosters', epoch: 1 },
        envelopes: [proofIn(first), proofIn(second)]
      },
      // Everybody is to have it.
      { type: 'verdict', verdict: 'accept' }
    ])
    expect(meter.state.book.latest).toBe(held)
    // The same roster with other addresses beside it is no other roster.
    const again = sealedRoster(n, held?.roster as Roster, { payload: payload => payload.addresses.fill('/ip4/127.0.0.1/tcp/1') })
    expect(show(n, meter, again).map(output => output.type)).toEqual(['dropped', 'verdict'])
    expect(meter.outputs.filter(output => output.type === 'evidence')).toHaveLength(1)
  })

  it('makes no evidence of what the registrar has not signed', () => {
    const n = neighbourhood()
    const meter = firstMeter(n)
    show(n, meter, followingRoster(n))
    const { payload, slot } = decodeEnvelope(followingRoster(n, { fields: { minMembers: 7 } }))
    const forger = IdentityKey.generate(rng)
    const forged = sealEnvelope(forger, MessageType.Roster, n.networkId, 1 as Epoch, slot, payload)
    expect(show(n, meter, forged)).toMatchObject([{ type: 'dropped', reason: 'bad-signature' }, { verdict: 'reject' }])
    const unsigned = followingRoster(n, { fields: { minMembers: 7 }, payload: each => void each.signature.fill(0) })
    expect(show(n, meter, unsigned).some(output => output.type === 'evidence')).toBe(false)
  })

  it('begins for a newcomer with the roster in force, on the registrar’s signature', () => {
    const n = neighbourhood()
    n.publish('control', n.registrarIdentity.id, withAbsent(n, []))
    n.runSlot(next(n.currentSlot), randomReadings(n.rng, MEMBERS, 2))
    n.runUntil(slotTimes(n.currentSlot, 900).end)
    const newcomer = n.addMeter()
    expect(newcomer.state.book.latest?.roster.epoch).toBe(1)
    expect(newcomer.state.book.latest?.stayOut?.fault).toBe('own-entry')
    // From there on it is held to the chain.
    const astray = followingRoster(n, { fields: { previousRosterHash: new Uint8Array(32) } })
    const refused = show(n, newcomer, astray).find(output => output.type === 'roster-refused')
    expect(refused?.type === 'roster-refused' && refused.error.fault).toBe('chain-hash')
  })
})

describe('keys are bound to the roster', () => {
  const masksOf = (meter: VirtualMeter, roster: Roster): EpochMasks =>
    new EpochMasks(roster, roster.indexOf(meter.config.identity.id) as number, (meter.config.keys.of(roster.season) as SeasonKey).secrets)

  it('two meters that were shown different rosters share no mask', () => {
    const n = neighbourhood()
    const decode = (bytes: Uint8Array): Roster => Roster.decode(RosterPayload.decode(decodeEnvelope(bytes).payload).roster)
    const shown = decode(followingRoster(n))
    // Another by one bit that touches nobody's neighbours.
    const other = decode(followingRoster(n, { fields: { minMembers: 7 } }))
    const a = firstMeter(n)
    const ownIndex = shown.indexOf(a.config.identity.id) as number
    for (const neighbour of shown.neighbours(ownIndex)) {
      const b = n.meters.find(meter => meter.config.identity.id === shown.meterId(neighbour)) as VirtualMeter
      const slot = next(n.currentSlot)
      const between = (one: Roster, two: Roster) =>
        addLanes(masksOf(a, one).maskTowards(slot, [neighbour]), masksOf(b, two).maskTowards(slot, [ownIndex]))
      expect(equalLanes(between(shown, shown), zeroLanes(2))).toBe(true)
      expect(signedLanes(between(shown, other)).every(lane => lane > 1n << 40n || lane < -(1n << 40n))).toBe(true)
    }
  })

  it('and a sum over both sides is noise', () => {
    const n = neighbourhood()
    const slot = next(n.currentSlot)
    const lanes = n.registrar.book.latest?.roster.lanes.map(lane => ({ ...lane, maxReading: lane.maxReading + 1 })) ?? []
    const rosters = [followingRoster(n), followingRoster(n, { fields: { lanes } })]
    for (const [i, meter] of n.meters.entries()) show(n, meter, rosters[i % 2] as Uint8Array)
    for (const meter of n.meters) expect([...meter.state.epochs.keys()]).toEqual([0, 1])
    const readings = randomReadings(n.rng, MEMBERS, 2)
    n.runUntil(slotTimes(slot, 900).end)
    const sum = zeroLanes(2)
    for (const [i, meter] of n.meters.entries()) {
      n.read(meter, slot, readings[i] ?? [])
      const [submission] = n.submissionsOf(meter).filter(envelope => envelope.slot === slot)
      // Protobuf of one field: a tag, a length and the lanes.
      addLanes(sum, lanesFromBytes(submission?.payload ?? new Uint8Array(0), 2, 2))
    }
    const expected = sumOf(readings, 2)
    for (const [lane, value] of signedLanes(sum).entries()) {
      const off = value - (expected[lane] as bigint)
      expect(off > 1n << 40n || off < -(1n << 40n)).toBe(true)
    }
  })

  it('and are erased once the last slot of their epoch is over', () => {
    const n = neighbourhood()
    const meter = firstMeter(n)
    const masks = meter.state.epochs.get(0 as Epoch)?.masks as EpochMasks
    n.publish('control', n.registrarIdentity.id, adopt(n, followingRoster(n)))
    const last = n.currentSlot
    n.runSlot(last, randomReadings(n.rng, MEMBERS, 2))
    // A tick comes at the next slot's end.
    expect(n.resultOf(last)?.type).toBe('total')
    n.runUntil(slotTimes(next(last), 900).end)
    expect([...meter.state.epochs.keys()]).toEqual([1])
    expect(masks.present).toEqual([])
    expect(() => masks.mask(last)).toThrow(/erased/)
    expect(() => masks.expand(last)).toThrow(/erased/)
    expect(() => masks.maskTowards(last, [0, 1, 2])).toThrow(/erased/)
  })
})

describe('a shared memory of credentials', () => {
  const policyOf = (n: VirtualNeighbourhood, credentials?: CredentialCache): RosterPolicy => ({
    networkId: n.networkId,
    slotSeconds: 900,
    changeSlots: 1,
    registrarKey: n.registrarIdentity.id,
    credentials
  })
  const payloadOf = (n: VirtualNeighbourhood, change: RosterChange = {}): Uint8Array => decodeEnvelope(followingRoster(n, change)).payload
  const faultOf = (run: () => unknown): RosterFault | undefined => {
    try {
      run()
      return undefined
    } catch (cause) {
      if (cause instanceof RosterRefusedError) return cause.fault
      throw cause
    }
  }

  it('spares a second check of the same bytes', () => {
    const n = neighbourhood()
    const cache = new CredentialCache()
    expect(checkRoster(payloadOf(n), policyOf(n, cache)).credentialChecks).toBe(MEMBERS)
    expect(checkRoster(payloadOf(n), policyOf(n, cache)).credentialChecks).toBe(0)
    expect(checkRoster(payloadOf(n), policyOf(n)).credentialChecks).toBe(MEMBERS)
  })

  it('knows nothing of the same bytes in another network or by another registrar', () => {
    const n = neighbourhood()
    const cache = new CredentialCache()
    checkRoster(payloadOf(n), policyOf(n, cache))
    const elsewhere = payloadOf(n, { fields: { networkId: networkId('elsewhere') } })
    expect(faultOf(() => checkRoster(elsewhere, { ...policyOf(n, cache), networkId: networkId('elsewhere') }))).toBe('credential')
    const usurper = IdentityKey.generate(rng)
    const usurped = payloadOf(n, {
      fields: { registrarKey: usurper.id },
      payload: payload => {
        payload.signature = usurper.sign(rosterSignedBytes(Roster.decode(payload.roster).hash)) as Uint8Array<ArrayBuffer>
      }
    })
    expect(faultOf(() => checkRoster(usurped, { ...policyOf(n, cache), registrarKey: usurper.id }))).toBe('credential')
  })

  it('never takes a bad one for good, also not the second time it is seen', () => {
    const n = neighbourhood()
    const cache = new CredentialCache()
    checkRoster(payloadOf(n), policyOf(n, cache))
    const [first] = RosterPayload.decode(payloadOf(n)).credentials as [Uint8Array]
    // Dates, the consent to the first lane, the signature.
    for (const at of [0, 8, 16 + 1 + 1 + 10, first.byteLength - 1]) {
      const altered = payloadOf(n, { payload: ({ credentials: [each] }) => void each?.set([(each[at] as number) ^ 1], at) })
      for (let i = 0; i < 2; i++) expect(faultOf(() => checkRoster(altered, policyOf(n, cache)))).toBe('credential')
    }
    const id = n.meters[3]?.config.identity.id as MeterId
    const blindingKey = BlindingKey.generate(rng).publicKey
    const rekeyed = payloadOf(n, {
      members: members => members.map(member => (member.meterId === id ? { ...member, blindingKey } : member))
    })
    for (let i = 0; i < 2; i++) expect(faultOf(() => checkRoster(rekeyed, policyOf(n, cache)))).toBe('credential')
  })

  it('still looks at the dates', () => {
    const n = neighbourhood()
    const cache = new CredentialCache()
    checkRoster(payloadOf(n), policyOf(n, cache))
    const later = payloadOf(n, { fields: { firstSlot: next(n.currentSlot, 10_000) } })
    expect(faultOf(() => checkRoster(later, policyOf(n, cache)))).toBe('credential')
    const roster = n.registrar.book.latest?.roster as Roster
    const { credentials } = RosterPayload.decode(payloadOf(n))
    expect(credentialAt(roster, credentials[0] as Uint8Array, 0).notAfter).toBeLessThan((n.currentSlot + 10_000) * 900)
  })
})

describe('a roster of another member’s making', () => {
  it('cannot be made: only the registrar’s own envelope and hash signature count', () => {
    const n = neighbourhood()
    const meter = firstMeter(n)
    const { payload, slot } = decodeEnvelope(followingRoster(n))
    for (const signer of [n.aggregatorIdentity, firstMeter(n).config.identity, n.meters[1]?.config.identity as IdentityKey]) {
      const bytes = sealEnvelope(signer, MessageType.Roster, n.networkId, 1 as Epoch, slot, payload)
      expect(show(n, meter, bytes).some(output => output.type === 'roster')).toBe(false)
    }
    expect(meter.state.book.latest?.roster.epoch).toBe(0)
    expect(
      equalBytes(meter.state.book.latest?.envelopeHash ?? new Uint8Array(0), n.registrar.book.latest?.envelopeHash ?? new Uint8Array(1))
    ).toBe(true)
  })
})

/** What a node keeps as evidence of a Roster envelope: the roster with the registrar's signature over its hash. */
function proofIn(envelope: Uint8Array): Uint8Array {
  const { roster, signature } = RosterPayload.decode(decodeEnvelope(envelope).payload)
  return RosterPayload.encode({ roster, signature, credentials: [], addresses: [], aggregatorAddress: '', leaves: [], proofs: [] })
}
