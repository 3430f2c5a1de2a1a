// Deltas: what the registrar makes of a change, and what everybody else makes of the delta.
import { decodeEnvelope, MAX_CHANGES, MessageType, RosterPayload } from '@hushgrid/messages'
import { BlindingKey, type Epoch, IdentityKey, type LaneTerms, SeededRng, type Slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { RosterBook } from '../../src/roster/book.ts'
import { deltaBetween } from '../../src/roster/delta.ts'
import type { RosterFields, RosterMember } from '../../src/roster/fields.ts'
import { Roster } from '../../src/roster/roster.ts'
import { type Change, expectSame, fullOf, nextRoster, receive, signer } from '../support/deltas.ts'
import { type Member, Registry } from '../support/registry.ts'

const rng = new SeededRng('delta tests')

describe('a delta', () => {
  it('leads to the very roster that the registrar signed, with all that travels beside it', () => {
    const registry = new Registry({ members: 8 })
    const [first, second, third] = registry.members as [Member, Member, Member]
    const newcomer = registry.newMember()
    registry.join(newcomer)
    registry.leave(first)
    second.address = '/ip4/10.9.9.9/tcp/1'
    registry.join(second)
    third.answers = false
    const others = registry.members.filter(member => member !== third)
    expect(decodeEnvelope(nextRoster(registry, others)).type).toBe(MessageType.RosterDelta)
    for (let slots = 0; slots < 2; slots++) registry.endSlot(others)
    expect(registry.isAbsent(third)).toBe(true)
    third.answers = true
    registry.join(third)
    nextRoster(registry)
    expect(registry.roster.epoch).toBe(3)
    const types = registry.published.map(bytes => decodeEnvelope(bytes).type)
    expect(types).toEqual([MessageType.Roster, ...types.slice(1).map(() => MessageType.RosterDelta)])

    const byDelta = new RosterBook(registry.policy())
    const byFull = new RosterBook(registry.policy())
    for (const [epoch, bytes] of registry.published.entries()) {
      expect(receive(byDelta, bytes, registry.now).kind).toBe('taken')
      expect(receive(byFull, fullOf(registry, epoch), registry.now).kind).toBe('taken')
      expectSame(byDelta.latest, byFull.latest)
    }
    expect(byDelta.latest?.bytes).toBeUndefined()
    expect(byFull.latest?.bytes).toBeDefined()
    // A join costs one check, and nothing else any.
    expect(byDelta.credentialChecks).toBe(9)
    const changes = registry.of('changes')
    expect(changes.some(change => change.joined.includes(newcomer.id))).toBe(true)
    expect(changes.some(change => change.left.includes(first.id))).toBe(true)
    expect(changes.some(change => change.absent.includes(third.id))).toBe(true)
    expect(changes.some(change => change.present.includes(third.id))).toBe(true)
  })

  it('has at most 200 bytes, 10 for each leave, absence and return and 240 for each join with a short address', () => {
    const registry = new Registry({ members: 60, degree: 14 })
    const { checked, sealed } = signer(registry)
    const size = (change: Change): number => sealed(change).byteLength
    const base = checked.roster.members()
    const only = (change: Change): number => size({ fields: { firstSlot: (checked.roster.firstSlot + 100) as Slot }, ...change })
    expect(only({})).toBeLessThanOrEqual(200)
    for (const count of [1, 10]) {
      const some = new Set(base.slice(20, 20 + count).map(member => member.meterId))
      const leaves = only({ members: members => members.filter(member => !some.has(member.meterId)) })
      const absences = only({
        members: members => members.map(member => (some.has(member.meterId) ? { ...member, absent: true } : member))
      })
      for (const bytes of [leaves, absences]) expect(bytes).toBeLessThanOrEqual(200 + 10 * count)
      const joins = only({ joined: Array.from({ length: count }, () => ({ address: '/ip4/10.0.0.17/tcp/4001' })) })
      expect(joins).toBeLessThanOrEqual(200 + 240 * count)
      // Id, key, placement, signature and lanes of a member are 168 bytes that nothing makes less of.
      expect(joins).toBeGreaterThan(168 * count)
    }
    const registryWithAbsent = new Registry({ members: 8 })
    const away = registryWithAbsent.members[3] as Member
    away.answers = false
    for (let slots = 0; slots < 3; slots++) registryWithAbsent.endSlot(registryWithAbsent.members.filter(member => member !== away))
    expect(registryWithAbsent.isAbsent(away)).toBe(true)
    away.answers = true
    registryWithAbsent.join(away)
    expect(nextRoster(registryWithAbsent).byteLength).toBeLessThanOrEqual(200 + 10)
  })

  it('cannot say that a season begins, nor that keys, ringSeed, aggregator, lanes, recovery or minMembers change, and none leads to epoch 0', () => {
    const registry = new Registry({ members: 8 })
    const { checked, full } = signer(registry)
    const between = (change: Change) => {
      const { roster, credentials } = RosterPayload.decode(full(change))
      // The members and all that travels beside them are the same.
      return deltaBetween(checked, { ...checked, roster: Roster.decode(roster) }, credentials)
    }
    expect(between({})).toBeDefined()
    const { lanes, networkId, seasonEndSlot } = checked.roster
    const [first, ...others] = lanes as [LaneTerms, ...LaneTerms[]]
    const fields: Partial<RosterFields>[] = [
      { season: 1 },
      { seasonFirstSlot: (checked.roster.firstSlot - 1) as Slot },
      { networkId: networkId.map(byte => byte ^ 1) },
      { lanes: [{ ...first, maxReading: first.maxReading + 1 }, ...others] },
      { lanes: [{ ...first, support: first.support + 1 }, ...others] },
      { committed: true },
      { ringSeed: rng.bytes(32) },
      { aggregatorKey: IdentityKey.generate(rng).id },
      { lanes: [...lanes].reverse() },
      { recovery: 0 },
      { minMembers: 4 },
      { epoch: 0 as Epoch },
      { epoch: 2 as Epoch },
      { previousRosterHash: new Uint8Array(32) }
    ]
    for (const change of fields) expect(between({ fields: change })).toBeUndefined()
    const meddle = (change: Partial<RosterMember>) =>
      between({ members: members => members.map((member, i) => (i === 2 ? { ...member, ...change } : member)) })
    expect(meddle({ placement: new Uint8Array(16) })).toBeUndefined()
    expect(meddle({ blindingKey: BlindingKey.generate(rng).publicKey })).toBeUndefined()
    expect(between({ fields: { degree: 6 } })?.degree).toBe(6)
    expect(between({ fields: { seasonEndSlot: (seasonEndSlot + 4) as Slot } })?.seasonEndSlot).toBe(seasonEndSlot + 4)
    expect(MAX_CHANGES).toBeGreaterThan(1000)
  })
})
